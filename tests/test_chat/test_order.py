"""同一会话按次序一个一个答，不同会话互不等待，先存下再交出。"""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Answer, ConversationKey, Scope, Turn, Usage
from tests.fake_glm import FakeGLM

from .builders import ALICE, BOB, GROUP, MODEL, PRIVATE, Inbox, history, question
from .fake_client import FakeClient


async def test_a_question_is_answered_and_stored(
    service: ChatService, store: ConversationStore, inbox: Inbox
) -> None:
    """一问一答，交出的就是存下的。"""
    await service.ask(question("你好"), inbox)
    assert inbox.answers == [
        Answer("答：你好", "glm-4.7-flash", usage=inbox.answers[0].usage)
    ]
    assert inbox.answers[0].usage.prompt_tokens == 1
    last = await store.last(PRIVATE)
    assert last is not None
    assert last.turn == Turn("你好", "答：你好", ALICE, MODEL, Usage(1, 0, 1))


async def test_twenty_at_once_are_answered_in_order(
    service: ChatService, store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """二十个提问同时来，一个一个答，次序不变，每个带着前面所有的轮。"""
    await asyncio.gather(*(service.ask(question(f"{n}"), inbox) for n in range(20)))
    expected = [(f"{n}", f"答：{n}") for n in range(20)]
    assert await history(store) == expected
    assert inbox.texts == [answer for _, answer in expected]
    assert client.most_in_flight == 1
    assert [len(r.messages) for r in client.requests] == [2 * n + 2 for n in range(20)]


async def test_twenty_at_once_against_glm(
    online: ChatService, store: ConversationStore, glm: FakeGLM, inbox: Inbox
) -> None:
    """对真的接口也一样：同一会话从不同时问，没有一个请求不合规。"""
    await asyncio.gather(
        *(online.ask(question(f"{n}", GROUP), inbox) for n in range(20))
    )
    assert [q for q, _ in await history(store, GROUP)] == [f"{n}" for n in range(20)]
    assert inbox.texts == [f"收到：⟦甲｜1⟧ {n}" for n in range(20)]
    assert glm.max_in_flight == 1
    assert glm.invalid == []


async def test_conversations_run_in_parallel(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """一个会话等着 GLM 时，别的会话照常问。"""
    keys = [ConversationKey("qq", "1", Scope.GROUP, f"{n}") for n in range(10)]
    client.hold()
    asking = asyncio.gather(*(service.ask(question("问", k), inbox) for k in keys))
    await client.busy_with(10)
    client.gate.set()
    await asking
    assert len(inbox.texts) == 10


async def test_slow_delivery_keeps_the_order(
    service: ChatService, store: ConversationStore
) -> None:
    """交出慢吞吞的，下一个回答也不会抢先。"""
    said: list[str] = []

    async def slowly(pause: float, answer: Answer) -> None:
        await asyncio.sleep(pause)
        said.append(answer.text)

    pauses = (0.02, 0.01, 0)
    await asyncio.gather(
        *(service.ask(question(f"{p}"), Inbox(partial(slowly, p))) for p in pauses)
    )
    assert said == [f"答：{p}" for p in pauses]
    assert len(await history(store)) == 3


async def test_stored_before_delivered(
    service: ChatService, store: ConversationStore, inbox: Inbox
) -> None:
    """交出的那一刻，这一轮已经在历史里。"""
    seen: list[list[tuple[str, str]]] = []

    async def look(answer: Answer) -> None:
        seen.append(await history(store))

    await service.ask(question("一"), Inbox(look))
    await service.ask(question("二"), Inbox(look))
    assert [h[-1] for h in seen] == [("一", "答：一"), ("二", "答：二")]


async def test_failed_delivery_keeps_the_turn(
    service: ChatService, store: ConversationStore, inbox: Inbox
) -> None:
    """发不出去的回答仍在历史里，下一个提问照常答；它不算失败的提问。"""

    async def fail(answer: Answer) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await service.ask(question("一"), Inbox(fail))
    await service.ask(question("二"), inbox)
    assert [q for q, _ in await history(store)] == ["一", "二"]
    retriable = await service.retriable(PRIVATE)
    assert retriable is not None
    assert retriable.question.text == "二"
    assert retriable.replaces is not None


async def test_group_questions_carry_their_speakers(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """群里每个提问的标签是提问的人的。"""
    await service.ask(question("一", GROUP), inbox)
    await service.ask(question("二", GROUP, BOB), inbox)
    users = [m.content for m in client.requests[-1].messages if m.role == "user"]
    assert users == ["⟦甲｜1⟧ 一", "⟦乙｜2⟧ 二"]
