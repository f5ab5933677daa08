"""`/glm usage` 与 `/glm quota`：谁能看谁的，看到什么，谁能放开。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from nonebot_plugin_glm.api.prices import PriceList
from nonebot_plugin_glm.chat.allowance import parse_quota
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.quota import Quotas
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import (
    CHAT,
    EVERYONE,
    FAILED,
    SUMMARY,
    Account,
    Expense,
    Kind,
)
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.ledger import LedgerStore
from nonebot_plugin_glm.domain import ConversationKey, Scope, Speaker, Usage
from nonebot_plugin_glm.matchers import dispatch
from nonebot_plugin_glm.matchers.call import DENIED_GROUP, DENIED_OWNER, Call
from nonebot_plugin_glm.matchers.commands import cost
from nonebot_plugin_glm.matchers.commands.bill import Report, usage_chart
from nonebot_plugin_glm.matchers.commands.cost import (
    HOW_TO_ASK,
    HOW_TO_LIFT,
    usage_report,
)
from nonebot_plugin_glm.matchers.commands.group import ONLY_IN_GROUPS
from nonebot_plugin_glm.matchers.depends import get_outgoing
from nonebot_plugin_glm.message.picture.chart import Bar
from tests.conftest import SUPERUSER
from tests.test_message.builders import ScriptedBot, group_event, private_event
from tests.test_message.canvas import Canvas, painter_on

from .fake_service import FakeService

NOON = 1_795_579_200.0
"""北京时间 2026-11-25 12:00。"""
DAY = 86400.0
HERE = ConversationKey("qq", "10000", Scope.GROUP, "30")
THERE = ConversationKey("qq", "10000", Scope.GROUP, "77")
ALONE = ConversationKey("qq", "10000", Scope.PRIVATE, "", "9")
ME, OTHER = Speaker("9", "甲"), Speaker("8", "乙")
MEMBER: dict[str, Any] = {"user_id": 9}
ADMIN: dict[str, Any] = {"user_id": 9, "sender": {"user_id": 9, "role": "admin"}}
OWNER: dict[str, Any] = {"user_id": SUPERUSER}
BACK = "明天 0 点（北京时间）恢复。"


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
async def ledger(tmp_path: Path, clock: Clock) -> AsyncIterator[LedgerStore]:
    """照这个钟记账的账本。"""
    database = await Database.open(tmp_path / "glm.db")
    yield LedgerStore(database, clock)
    await database.aclose()


@pytest.fixture(autouse=True)
def _billing(service: FakeService, ledger: LedgerStore) -> None:
    """服务用这个账本，个人与总的都有额度，群里也有。"""
    limits = {
        Kind.USER: parse_quota("10次,1元"),
        Kind.GROUP: parse_quota("1000token"),
        Kind.TOTAL: parse_quota("5元"),
    }
    quotas = Quotas(ledger, lambda: limits)
    service.billing = Billing(ledger, PriceList, quotas)


async def typed(text: str, who: dict[str, Any], *, private: bool = False) -> str:
    """这个人打这条命令，返回他看到的话。"""
    bot = ScriptedBot()
    event = private_event(text, **who) if private else group_event(text, **who)
    await dispatch.run(bot, event)
    [said] = bot.said
    return said


def spent(cost: int, model: str = "glm-5.3", purpose: str = CHAT) -> list[Expense]:
    """一笔账。"""
    return [Expense(purpose, model, Usage(100, 80, 20, 5), cost)]


async def report_of(service: FakeService, period: str) -> Report:
    """本群的账。"""
    event = group_event("/glm usage", **ADMIN)
    bot = ScriptedBot()
    result = dispatch.parse("/glm usage")
    assert result is not None
    outgoing = get_outgoing(bot, event)
    call = Call(bot, event, HERE, outgoing, cast("ChatService", service), result)
    return await usage_report(call, Kind.GROUP, period)


RIGHTS = {
    "me": (None, None, None),
    "group": (DENIED_GROUP, None, None),
    "all": (DENIED_OWNER, DENIED_OWNER, None),
}


@pytest.mark.parametrize("scope", RIGHTS)
@pytest.mark.parametrize("rank", range(3), ids=["member", "admin", "superuser"])
async def test_rights(scope: str, rank: int) -> None:
    """自己的谁都能看，群的要管理员，所有人的要超级用户；时段与次序随意。"""
    who = (MEMBER, ADMIN, OWNER)[rank]
    for words in (scope, f"week {scope}", f"{scope} month"):
        told = await typed(f"/glm usage {words}", who)
        expected = RIGHTS[scope][rank]
        assert told == expected if expected else told.endswith("还没有用量。")


async def test_private_chat_has_no_group() -> None:
    """私聊里没有群可看，也没有群可放开。"""
    for command in ("usage group", "quota lift group"):
        assert await typed(f"/glm {command}", OWNER, private=True) == ONLY_IN_GROUPS
    assert await typed("/glm usage all", MEMBER, private=True) == DENIED_OWNER


@pytest.mark.parametrize(
    "words", ["year", "me all", "today week", "me me", "all group", "3"]
)
async def test_wrong_usage(words: str) -> None:
    """写错了就说怎么写。"""
    assert await typed(f"/glm usage {words}", OWNER) == HOW_TO_ASK


async def test_my_usage(ledger: LedgerStore) -> None:
    """自己在各处的合计与各个模型；失败的不算次数，别人的不算。"""
    await ledger.record(HERE, spent(1000), ME)
    await ledger.record(ALONE, spent(2000), ME)
    await ledger.record(ALONE, [*spent(500, purpose=FAILED), *spent(0, "我的")], ME)
    await ledger.record(HERE, spent(9999), OTHER)
    assert await typed("/glm usage", MEMBER) == (
        "你今天的用量：提问 3 次，0.0035 元（不含价格未知的模型）\n"
        "提示 400 token，80% 命中缓存\n"
        "回答 80 token，其中思考 20\n"
        "\n"
        "按模型\n"
        "glm-5.3：2 次，360 token，0.0035 元\n"
        "我的：1 次，120 token，价格未知"
    )


async def test_usage_of_the_group(ledger: LedgerStore, clock: Clock) -> None:
    """群的：按天、按模型、按成员，不算谁的另列；别的群不算，太久的不算。"""
    await ledger.record(HERE, spent(7_000_000), OTHER)
    clock.now += DAY
    await ledger.record(HERE, spent(10_000), ME)
    await ledger.record(HERE, spent(20_000), OTHER)
    await ledger.record(HERE, spent(0, "glm-4.7-flash", SUMMARY))
    await ledger.record(HERE, spent(5_000))
    await ledger.record(THERE, spent(40_000), ME)
    clock.now += 6 * DAY
    assert await typed("/glm usage week group", ADMIN) == (
        "本群近 7 天的用量：提问 3 次，0.035 元\n"
        "提示 400 token，80% 命中缓存\n"
        "回答 80 token，其中思考 20\n"
        "\n"
        "按天\n"
        "11-26：3 次，480 token，0.035 元\n"
        "\n"
        "按模型\n"
        "glm-5.3：3 次，360 token，0.035 元\n"
        "glm-4.7-flash：0 次，120 token，0 元\n"
        "\n"
        "按成员\n"
        "乙（8）：1 次，120 token，0.02 元\n"
        "甲（9）：1 次，120 token，0.01 元\n"
        "不记名：1 次，240 token，0.005 元"
    )


async def test_usage_of_all(ledger: LedgerStore) -> None:
    """所有人的：还有按群；列不下的合成一行。"""
    for number in range(12):
        await ledger.record(HERE, spent(1000 + number), Speaker(f"{number}", ""))
    await ledger.record(ALONE, spent(1), ME)
    told = await typed("/glm usage all", OWNER, private=True)
    members = told[told.index("按成员") : told.index("按群")].strip().split("\n")[1:]
    assert members[0] == "11：1 次，120 token，0.001 元"
    assert len(members) == 11
    assert members[-1].startswith("其余 2 人：2 次，240 token")
    assert told.endswith(
        "按群\n群 30：12 次，1,440 token，0.0121 元\n"
        "私聊：1 次，120 token，不到 0.0001 元"
    )


async def test_chart(service: FakeService, ledger: LedgerStore) -> None:
    """图与文本是同一份账：花了钱的画钱，每一天都占一行；都免费就画 token。"""
    await ledger.record(HERE, spent(0, "glm-4.7-flash"), ME)
    chart = usage_chart(await report_of(service, "week"))
    assert chart.title == "本群近 7 天的用量（token）"
    assert chart.note == "提问 1 次，0 元，120 token"
    assert [bar.text for bar in chart.sections[0].bars] == ["0"] * 6 + ["120"]
    await ledger.record(HERE, spent(250_000), OTHER)
    chart = usage_chart(await report_of(service, "week"))
    assert chart.title == "本群近 7 天的用量（元）"
    assert [section.heading for section in chart.sections] == [
        "按天",
        "按模型",
        "按成员",
    ]
    assert chart.sections[2].bars == (
        Bar("乙", 250_000, "0.25 元"),
        Bar("甲", 0, "0 元"),
    )


@pytest.mark.parametrize("broken", [False, True])
async def test_picture(
    ledger: LedgerStore, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    """有画师时文本之后一张图，画不成就只有文本；没有可比的不画。"""
    canvas = Canvas(broken=broken)
    monkeypatch.setattr(cost, "painter", lambda: painter_on(canvas))
    await ledger.record(HERE, spent(250_000), ME)
    assert len(await sent("/glm usage", MEMBER)) == 1
    assert canvas.painted == []
    kinds = await sent("/glm usage week", MEMBER)
    assert kinds == ["text", "image"][: 1 if broken else 2]
    ((page, _),) = canvas.painted
    assert "0.25 元" in page


async def sent(text: str, who: dict[str, Any]) -> list[str]:
    """打这条命令，机器人发来的各条是什么。"""
    bot = ScriptedBot()
    event = private_event(text, **who)
    await dispatch.run(bot, event)
    return [data["message"][-1].type for _, data in bot.accepted]


async def test_quota(ledger: LedgerStore) -> None:
    """用了多少、还剩多少：自己的、本群的；总的只有超级用户看得到。"""
    await ledger.record(HERE, spent(250_000), ME)
    mine = (
        "你今天用了 1 次，还剩 9 次（共 10 次）\n"
        "你今天用了 0.25 元，还剩 0.75 元（共 1 元）"
    )
    here = "本群今天用了 120 token，还剩 880 token（共 1,000 token）"
    assert await typed("/glm quota", MEMBER) == f"{mine}\n{here}\n都在{BACK}"
    assert await typed("/glm quota", MEMBER, private=True) == f"{mine}\n都在{BACK}"
    assert await typed("/glm quota", OWNER) == (
        "你今天用了 0 次，你是超级用户，不受限制\n"
        "你今天用了 0 元，你是超级用户，不受限制\n"
        f"{here}\n所有人今天用了 0.25 元，还剩 4.75 元（共 5 元）\n都在{BACK}"
    )


async def test_no_quota(service: FakeService, ledger: LedgerStore) -> None:
    """没有设额度时如实说。"""
    service.billing = Billing(ledger)
    assert await typed("/glm quota", MEMBER) == "没有设额度，问多少都可以。"


LIFTS = {
    "lift 8": (" 8 ", Account.user("qq", "8")),
    "lift [CQ:at,qq=8]": (" 8 ", Account.user("qq", "8")),
    "lift group": ("本群", Account.group(("qq", "10000", "30"))),
    "lift all": ("所有人合计", EVERYONE),
}


@pytest.mark.parametrize(("command", "lifted"), LIFTS.items(), ids=LIFTS)
async def test_lift(
    ledger: LedgerStore, command: str, lifted: tuple[str, Account]
) -> None:
    """超级用户可以放开一个人、本群、所有人合计的；别人不行。"""
    whose, account = lifted
    assert await typed(f"/glm quota {command}", ADMIN) == DENIED_OWNER
    assert [s.lifted for s in await ledger.sums([account])] == [False]
    told = await typed(f"/glm quota {command}", OWNER)
    assert told == f"好，今天放开了{whose}的额度，{BACK}"
    assert [s.lifted for s in await ledger.sums([account])] == [True]


async def test_lifted_shows(ledger: LedgerStore) -> None:
    """放开了的看得出来。"""
    await typed("/glm quota lift 9", OWNER)
    told = await typed("/glm quota", MEMBER, private=True)
    assert told.startswith("你今天用了 0 次，额度 10 次，今天放开了\n")


async def test_wrong_quota() -> None:
    """没有说放开谁的、写错了，都说怎么写。"""
    assert await typed("/glm quota lift", OWNER) == HOW_TO_LIFT
    assert "/glm quota lift" in await typed("/glm quota raise", OWNER)
