"""额度：用完了就不问 GLM，北京的零点恢复，可以放开；没有设就不读账。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nonebot_plugin_glm.chat.allowance import Limit, parse_quota
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.quota import Quotas
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.chat.terms import Terms
from nonebot_plugin_glm.conversation.accounts import (
    EVERYONE,
    NOBODY,
    Account,
    Kind,
)
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import ConversationKey, Speaker, Usage, place_of
from nonebot_plugin_glm.exception import DailyQuotaError, NetworkError

from .builders import (
    ALICE,
    BOB,
    GROUP,
    MEMBER,
    OTHER_GROUP,
    PRIVATE,
    Inbox,
    outcome,
    question,
    service_of,
)
from .fake_client import FakeClient

NOON = 1_795_579_200.0
"""北京时间 2026-11-25 12:00。"""
HALF_A_DAY = 43_200.0


class Clock:
    """拨得动的钟。"""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """北京时间的中午。"""
    return Clock()


@pytest.fixture
async def store(where: Path | str, clock: Clock) -> AsyncIterator[ConversationStore]:
    """照这个钟记账的历史。"""
    store = ConversationStore(await Database.open(where), clock)
    yield store
    await store.aclose()


def limited(store: ConversationStore, client: FakeClient, **limits: str) -> ChatService:
    """有额度的服务：`user="2次"`。"""
    parsed = {Kind(kind): parse_quota(text) for kind, text in limits.items()}
    ledger = store.ledger
    billing = Billing(ledger, quotas=Quotas(ledger, lambda: parsed))
    return service_of(store, client, billing=billing)


async def asked(
    service: ChatService, key: ConversationKey = PRIVATE, who: Speaker = ALICE
) -> str:
    """问一句：空串是答了，否则是谁的额度用完了。"""
    try:
        await service.ask(question("问", key, who), Inbox())
    except DailyQuotaError as error:
        return error.whose
    return ""


def test_parse() -> None:
    """各种单位，几项用逗号分隔；元是百万分之一元的整数。"""
    assert parse_quota("") == ()
    assert parse_quota("100次,500000token,0.05元") == (
        Limit(100, "次"),
        Limit(500_000, "token"),
        Limit(50_000, "元"),
    )


async def test_used_up(
    store: ConversationStore, client: FakeClient, clock: Clock
) -> None:
    """用完了就不问 GLM；别人不受影响；零点之后又可以问。"""
    service = limited(store, client, user="2次")
    assert [await asked(service) for _ in range(4)] == ["", "", "user", "user"]
    assert await asked(service, GROUP) == "user"
    assert await asked(service, GROUP, BOB) == ""
    assert len(client.requests) == 3
    clock.now += HALF_A_DAY - 1
    assert await asked(service) == "user"
    clock.now += 1
    assert await asked(service) == ""


async def test_the_refusal_says_whose_and_how_much(
    store: ConversationStore, client: FakeClient
) -> None:
    """异常带着谁的、多少、哪一天。"""
    service = limited(store, client, user="1次")
    await asked(service)
    for _ in range(2):
        with pytest.raises(DailyQuotaError) as caught:
            await service.ask(question(), Inbox())
        error = caught.value
        assert (error.whose, error.amount, error.unit) == ("user", 1, "次")
        assert error.day == "2026-11-25"


async def test_survives_restart(store: ConversationStore, client: FakeClient) -> None:
    """用了多少在账上：换一个进程也记得，重置之后也记得。"""
    service = limited(store, client, user="1次")
    assert await asked(service) == ""
    await service.reset(PRIVATE)
    assert await asked(limited(store, client, user="1次")) == "user"


KINDS = {
    "group": ("group", GROUP, OTHER_GROUP),
    "members of it": ("group", MEMBER, OTHER_GROUP),
    "total": ("total", GROUP, None),
}


@pytest.mark.parametrize(("kind", "key", "free"), KINDS.values(), ids=KINDS)
async def test_shared_quotas(
    store: ConversationStore,
    client: FakeClient,
    kind: str,
    key: ConversationKey,
    free: ConversationKey | None,
) -> None:
    """群的由全群一起用，总的由所有人一起用；别的群、私聊不算在群里。"""
    service = limited(store, client, **{kind: "2次"})
    assert await asked(service, GROUP, ALICE) == ""
    assert await asked(service, GROUP, BOB) == ""
    assert await asked(service, key, BOB) == kind
    if free:
        assert await asked(service, free, BOB) == ""
        assert await asked(service, PRIVATE) == ""
    else:
        assert await asked(service, PRIVATE) == kind


async def test_tokens_and_money(store: ConversationStore, client: FakeClient) -> None:
    """以 token、以钱计的也管用，几项里先到的算；后台的摘要也算群的钱。"""
    assert await asked(service := limited(store, client, user="2token")) == ""
    assert await asked(service) == "user"
    service = limited(store, client, group="100次,0.000001元")
    await service.billing.record(GROUP, "summary", "glm-5.3", Usage(1, 0, 0))
    assert await asked(service, GROUP, BOB) == "group"
    assert await asked(service, OTHER_GROUP, BOB) == ""


async def test_failures_do_not_count(
    store: ConversationStore, client: FakeClient
) -> None:
    """失败的提问不算次数，报了用量的要算 token。"""
    service = limited(store, client, user="1次,100token")
    client.script.extend([NetworkError("断"), NetworkError("断"), "答"])
    for _ in range(2):
        assert await outcome(service.ask(question(), Inbox())) is NetworkError
    assert await asked(service) == ""
    assert await asked(service) == "user"
    client.script.append(NetworkError("断"))
    client.wasted = Usage(100, 0, 0)
    assert await outcome(service.ask(question("问", GROUP, BOB), Inbox()))
    with pytest.raises(DailyQuotaError) as caught:
        await service.ask(question("问", GROUP, BOB), Inbox())
    assert caught.value.unit == "token"


async def test_exempt(store: ConversationStore, client: FakeClient) -> None:
    """超级用户不受限，他花的算在总的里。"""
    service = limited(store, client, user="1次", total="3次")
    for _ in range(4):
        await service.ask(question(), Inbox(), terms=Terms(exempt=True))
    assert await asked(service, GROUP, BOB) == "total"


async def test_unasked_answers_are_nobodys(
    store: ConversationStore, client: FakeClient
) -> None:
    """机器人自己要说的不算听的人的，算群的与总的；快用完了由下一个问的人听说。"""
    service = limited(store, client, user="2次", group="5次")
    own = Terms(NOBODY)
    for _ in range(4):
        await service.ask(question("闲谈", GROUP), Inbox(), terms=own)
    mine, here = await store.ledger.sums(
        [Account.user("qq", ALICE.id), Account.group(place_of(GROUP))]
    )
    assert (mine.requests, here.requests) == (0, 4)
    assert await asked(service, GROUP) == ""
    standing = service.billing.quotas.word(GROUP, ALICE)
    assert standing is not None
    assert (standing.account.kind, standing.used) == (Kind.GROUP, 5)
    assert await asked(service, GROUP, BOB) == "group"
    with pytest.raises(DailyQuotaError):
        await service.ask(question("闲谈", GROUP), Inbox(), terms=own)


async def test_lift(store: ConversationStore, client: FakeClient, clock: Clock) -> None:
    """放开之后今天不限，别人的照旧；明天又限。"""
    service = limited(store, client, user="1次")
    for who in (ALICE, BOB):
        assert await asked(service, GROUP, who) == ""
        assert await asked(service, GROUP, who) == "user"
    await service.billing.quotas.lift(Account.user("qq", ALICE.id))
    assert [await asked(service, GROUP) for _ in range(3)] == ["", "", ""]
    assert await asked(service, GROUP, BOB) == "user"
    clock.now += HALF_A_DAY
    assert [await asked(service, GROUP) for _ in range(2)] == ["", "user"]


async def test_lifting_the_total_is_not_lifting_a_person(
    store: ConversationStore, client: FakeClient
) -> None:
    """放开一种额度，另一种照旧。"""
    service = limited(store, client, user="2次", total="1次")
    assert [await asked(service) for _ in range(2)] == ["", "total"]
    await service.billing.quotas.lift(EVERYONE)
    assert [await asked(service) for _ in range(2)] == ["", "user"]


async def test_at_once(store: ConversationStore, client: FakeClient) -> None:
    """同一会话里一下子来十个，恰好答额度之内的几个，先来的先答。"""
    service = limited(store, client, group="3次")
    people = [Speaker(f"{n}", "") for n in range(10)]
    found = await asyncio.gather(*(asked(service, GROUP, who) for who in people))
    assert found == [""] * 3 + ["group"] * 7
    assert len(client.requests) == 3


async def test_known_refusals_do_not_wait(
    store: ConversationStore, client: FakeClient
) -> None:
    """已知用完了的人不排队，不占别人的位置。"""
    service = limited(store, client, user="1次")
    await asked(service, GROUP)
    assert await asked(service, GROUP) == "user"
    client.hold()
    running = asyncio.create_task(asked(service, GROUP, BOB))
    await client.busy_with(1)
    assert await asyncio.wait_for(asked(service, GROUP), 1) == "user"
    client.gate.set()
    assert await running == ""


async def test_a_word_at_eighty_percent(
    store: ConversationStore, client: FakeClient, clock: Clock
) -> None:
    """头一次用到八成说一声，一天一次；零点之后重新算。"""
    service = limited(store, client, user="5次")
    quotas = service.billing.quotas

    async def words(count: int) -> list[int | None]:
        found = []
        for _ in range(count):
            await asked(service)
            standing = quotas.word(PRIVATE, ALICE)
            found.append(standing.used if standing else None)
        return found

    assert await words(6) == [None, None, None, 4, None, None]
    clock.now += HALF_A_DAY
    assert await words(4) == [None, None, None, 4]


async def test_no_word_when_lifted(
    store: ConversationStore, client: FakeClient
) -> None:
    """放开了的不必说。"""
    service = limited(store, client, user="2次")
    await service.billing.quotas.lift(Account.user("qq", ALICE.id))
    for _ in range(3):
        assert await asked(service) == ""
        assert service.billing.quotas.word(PRIVATE, ALICE) is None


async def test_no_quota_no_read(
    service: ChatService, where: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有设额度，一个提问只读一次历史、写一次：账随轮一起写；接着聊的不必再读。"""
    trips: list[str] = []

    def count(name: str) -> None:
        real = getattr(Database, name)

        async def counted(self: Database, *work: object, **how: object) -> object:
            trips.append(name)
            return await real(self, *work, **how)

        monkeypatch.setattr(Database, name, counted)

    count("read")
    count("write")
    await service.ask(question(), Inbox())
    assert trips == ["read", "write"]
    trips.clear()
    await service.ask(question("接着聊"), Inbox())
    assert trips == (["write"] if isinstance(where, Path) else ["read", "write"])


async def test_forgetting_oneself_is_no_way_around(
    store: ConversationStore, client: FakeClient, clock: Clock
) -> None:
    """账上没有了名字，今天用掉的照样算；第二天从头算。"""
    service = limited(store, client, user="3次")
    person = Person(PRIVATE.platform, ALICE.id)
    assert [await asked(service) for _ in range(2)] == ["", ""]
    for _ in range(2):
        await service.rights.forget(person)
    assert [await asked(service) for _ in range(2)] == ["", "user"]
    clock.now += HALF_A_DAY
    assert await asked(service) == ""


async def test_refusals_do_not_pile_up(
    store: ConversationStore, client: FakeClient
) -> None:
    """一再被拒绝，异常身后的调用栈不会越拖越长。"""
    service = limited(store, client, user="1次")
    await asked(service)
    depths = []
    for _ in range(5):
        with pytest.raises(DailyQuotaError) as caught:
            await service.ask(question(), Inbox())
        depths.append(len(caught.traceback))
    assert len(set(depths[1:])) == 1
