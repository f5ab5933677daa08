"""别的插件提问：会话之外不留痕迹只记账，会话里与聊天里的一样。"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from nonebot_plugin_glm import Speaker, ask, history, reset, stream
from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.chat.allowance import parse_quota
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import EVERYONE, By, Kind
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Message
from nonebot_plugin_glm.exception import (
    ClosingError,
    DailyQuotaError,
    MissingKeyError,
    NetworkError,
    StoppedError,
)
from nonebot_plugin_glm.matchers.commands.bill import label
from tests.blackbox.patience import wait_until
from tests.conftest import SUPERUSER
from tests.fake_glm import FakeGLM
from tests.outside import carry_out
from tests.test_chat.builders import (
    ALICE,
    BOB,
    GROUP,
    MODEL,
    PRIVATE,
    Inbox,
    outcome,
    question,
)
from tests.test_chat.fake_client import FakeClient

from .conftest import Limits, behind

USED_FOR = "SELECT purpose, platform, group_id, user_id, user_name FROM glm_request"


def bill(where: Path | str) -> list[tuple[str, ...]]:
    """账上为了什么、是谁的，从旧到新。"""
    return carry_out(where, f"{USED_FOR} ORDER BY id")


async def test_outside(
    service: ChatService, client: FakeClient, where: Path | str
) -> None:
    """没有历史，不留下轮，账上有一笔，`/glm usage all` 里算插件的。"""
    await ask("先说一句", conversation=PRIVATE)
    for _ in range(2):
        answer = await ask(" 解签 ")
        assert (answer.text, answer.model, answer.saved) == ("答：解签", MODEL, False)
        messages = (Message("system", "你是助手。"), Message("user", "解签"))
        assert client.requests[-1].messages == messages
    assert [turn.question for turn in await history(PRIVATE)] == ["先说一句"]
    assert bill(where)[1:] == [("plugin", "", "", "", "插件")] * 2
    ledger = service.billing.ledger
    [whose] = {r.whose for r in client.requests[1:]}
    assert whose != client.requests[0].whose
    found = await ledger.tallies(EVERYONE, ledger.today, By.GROUP)
    counts = {label(By.GROUP, tally): tally.requests for tally in found}
    assert counts == {"私聊": 1, "插件": 2}


async def test_options(service: ChatService, client: FakeClient) -> None:
    """人设、模型、温度与长度都可以另给；空的人设是没有。"""
    await ask("问", system_prompt="", model="glm-5.3", temperature=0.2, max_tokens=9)
    request = client.requests[-1]
    assert request.messages == (Message("user", "问"),)
    assert (request.model, request.temperature, request.max_tokens) == (
        "glm-5.3",
        0.2,
        9,
    )
    await ask("问", system_prompt="你解签，{bot}。")
    assert client.requests[-1].messages[0].content == "你解签，{bot}。"


WRONG: dict[str, dict[str, Any]] = {
    "blank": {"text": " \n"},
    "speaker outside": {"text": "问", "speaker": ALICE},
    "options inside": {"text": "问", "conversation": PRIVATE, "model": "m"},
}


@pytest.mark.parametrize("given", WRONG.values(), ids=WRONG)
async def test_wrong_arguments(
    service: ChatService, client: FakeClient, given: dict[str, Any]
) -> None:
    """不能一起给的当场说，什么也没有问。"""
    with pytest.raises(ValueError):
        await ask(**given)
    with pytest.raises(ValueError):
        stream(**given)
    with pytest.raises(ValueError, match="limit"):
        await history(PRIVATE, 0)
    assert client.requests == []


async def test_inside(
    service: ChatService, client: FakeClient, where: Path | str
) -> None:
    """接着聊天里的说，存下的轮聊天里也接得上；没有给是谁，就是插件自己。"""
    await service.ask(question("聊天里的", GROUP), Inbox())
    answer = await ask("插件的", conversation=GROUP, speaker=BOB)
    assert answer.saved
    assert [m.content for m in client.requests[-1].messages[1:]] == [
        "⟦甲｜1⟧ 聊天里的",
        "答：⟦甲｜1⟧ 聊天里的",
        "⟦乙｜2⟧ 插件的",
    ]
    await ask("没说是谁", conversation=GROUP)
    assert client.questions[-1] == "⟦插件｜⟧ 没说是谁"
    assert [t.question for t in await history(GROUP, 2)] == ["插件的", "没说是谁"]
    assert bill(where) == [
        ("chat", "qq", "9", "1", "甲"),
        ("plugin", "qq", "9", "2", "乙"),
        ("plugin", "qq", "9", "", "插件"),
    ]
    assert await reset(GROUP) == 3
    assert await history(GROUP) == []


async def test_never_merged(service: ChatService, client: FakeClient) -> None:
    """同一个人在聊天里紧接着说的话，与插件替他问的各算各的，先来的先答。"""
    inbox, tickets = Inbox(), service._asking.queue._tickets

    async def inside(text: str) -> str:
        return (await ask(text, conversation=PRIVATE, speaker=ALICE)).text

    async def chatted(text: str) -> bool:
        return await service.ask(question(text), inbox)

    for first, second in ((chatted("一"), inside("二")), (inside("三"), chatted("四"))):
        client.hold()
        asked = [asyncio.ensure_future(first)]
        await client.busy_with(1)
        asked.append(asyncio.ensure_future(second))
        await wait_until(lambda: len(list(tickets(PRIVATE))) == 2)
        client.gate.set()
        assert set(await asyncio.gather(*asked)) & {"答：二", "答：三"}
    assert [t.question for t in await history(PRIVATE)] == ["一", "二", "三", "四"]
    assert inbox.texts == ["答：一", "答：四"]


async def test_reset_stops_it(service: ChatService, client: FakeClient) -> None:
    """别人重置了会话：在途的得到 StoppedError，什么也没有留下。"""
    client.hold()
    asked = asyncio.create_task(ask("问", conversation=PRIVATE, speaker=ALICE))
    await client.busy_with(1)
    await reset(PRIVATE)
    with pytest.raises(StoppedError):
        await asked
    assert (await history(PRIVATE), client.cancelled) == ([], 1)


async def test_closing_stops_it(service: ChatService, client: FakeClient) -> None:
    """关机：在途的得到 StoppedError，后来的 ClosingError，会话里的与之外的一样。"""
    client.hold()
    asked = [asyncio.create_task(ask("问"))]
    asked.append(asyncio.create_task(ask("问", conversation=PRIVATE)))
    await client.busy_with(2)
    await service.aclose()
    for task in asked:
        with pytest.raises(StoppedError):
            await task
    for key in (None, PRIVATE):
        assert await outcome(ask("问", conversation=key)) is ClosingError


@pytest.mark.parametrize("key", [None, PRIVATE], ids=["outside", "inside"])
async def test_cancelled_caller(
    online: ChatService, glm: FakeGLM, store: ConversationStore, key: Any
) -> None:
    """等的任务被取消：与 GLM 的连接断开，不留下轮；再问照常。"""
    glm.delay = 30
    asked = asyncio.create_task(ask("问", conversation=key))
    await glm.wait_for_chats(1)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    await wait_until(lambda: glm.in_flight == 0)
    glm.delay = 0
    assert (await ask("再问", conversation=key)).text == "收到：再问"
    assert await store.count(PRIVATE) == (1 if key else 0)


async def test_cancelled_while_storing(
    service: ChatService,
    store: ConversationStore,
    monkeypatch: pytest.MonkeyPatch,
    where: Path | str,
) -> None:
    """正在存时被取消：这一轮存完，账恰好一笔。"""
    storing, go, real = asyncio.Event(), asyncio.Event(), store.append

    async def append(*args: Any, **given: Any) -> int:
        storing.set()
        await go.wait()
        return await real(*args, **given)

    monkeypatch.setattr(store, "append", append)
    asked = asyncio.create_task(ask("问", conversation=PRIVATE))
    await storing.wait()
    asked.cancel()
    await asyncio.sleep(0)
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert [turn.question for turn in await history(PRIVATE)] == ["问"]
    assert len(bill(where)) == 1


@pytest.mark.parametrize("key", [None, PRIVATE], ids=["outside", "inside"])
async def test_no_key(
    monkeypatch: pytest.MonkeyPatch, store: ConversationStore, key: Any
) -> None:
    """没有设密钥，和聊天里是同一个异常。"""
    client = GLMClient()
    behind(monkeypatch, store, client, Limits())
    assert await outcome(ask("问", conversation=key)) is MissingKeyError
    assert await outcome(_drained(key)) is MissingKeyError
    await client.aclose()


async def _drained(key: Any) -> None:
    async for _ in stream("问", conversation=key):
        pass


async def test_quotas(service: ChatService, limits: Limits, client: FakeClient) -> None:
    """给了是谁才算他的，群的在会话里管用，总的总管用；超级用户不受限。"""
    limits[Kind.USER] = parse_quota("1次")
    for _ in range(2):
        await ask("问", conversation=GROUP)
    await ask("问", conversation=GROUP, speaker=ALICE)
    with pytest.raises(DailyQuotaError) as caught:
        await ask("问", conversation=GROUP, speaker=ALICE)
    assert caught.value.whose == "user"
    limits[Kind.GROUP] = parse_quota("3次")
    assert await outcome(ask("问", conversation=GROUP)) is DailyQuotaError
    owner = Speaker(str(SUPERUSER))
    for _ in range(2):
        await ask("问", conversation=GROUP, speaker=owner)
    await ask("问")
    limits[Kind.TOTAL] = parse_quota("6次")
    assert await outcome(ask("问")) is DailyQuotaError
    assert len(client.requests) == 6


async def test_failure_is_the_plugins_own(
    service: ChatService, client: FakeClient
) -> None:
    """失败的不供 `/glm retry`，那是聊天里的事；花掉的照样记账。"""
    client.script.append(NetworkError("断"))
    assert await outcome(ask("问", conversation=PRIVATE)) is NetworkError
    assert await service.retriable(PRIVATE) is None
