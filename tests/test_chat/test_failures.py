"""超时、存不下、读不出、关机：说得清，不留痕迹，之后照常。"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.exception import (
    AnswerTimeoutError,
    AuthError,
    GLMError,
    InvalidRequestError,
    MissingKeyError,
    NetworkError,
    ProtocolError,
    QuotaError,
    StoreError,
)
from tests.fake_glm import FakeGLM, faults
from tests.outside import carry_out, full

from .builders import (
    PRIVATE,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    real_client,
    service_of,
)
from .fake_client import FakeClient


@pytest.mark.parametrize(
    "error",
    [
        MissingKeyError("x"),
        AuthError(401, "1000"),
        QuotaError(429, "1113"),
        InvalidRequestError(400, "1210"),
        NetworkError("x"),
        ProtocolError("x"),
    ],
)
async def test_failed_question_leaves_nothing(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    error: GLMError,
) -> None:
    """失败的提问不在历史里，也不在下一问里，原来的异常原样出来。"""
    await service.ask(question("从前"), inbox)
    client.script.append(error)
    with pytest.raises(type(error)) as caught:
        await service.ask(question("失败"), inbox)
    assert caught.value is error
    await service.ask(question("后来"), inbox)
    assert [q for q, _ in await history(store)] == ["从前", "后来"]
    assert len(client.requests) == 3
    assert all(m.content != "失败" for m in client.requests[-1].messages)


async def test_failure_lets_the_next_one_through(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """一串提问里有的失败，其余的照常，次序不变。"""
    client.script.extend(["答0", NetworkError("x"), "答2", NetworkError("x"), "答4"])
    asking = (outcome(service.ask(question(f"{n}"), inbox)) for n in range(5))
    ended = await asyncio.gather(*asking)
    assert ended == [None, NetworkError, None, NetworkError, None]
    assert await history(store) == [("0", "答0"), ("2", "答2"), ("4", "答4")]


@pytest.mark.parametrize("fault", [faults.Slow(30), faults.Error.of(1305)])
async def test_whole_question_times_out(
    store: ConversationStore, glm: FakeGLM, inbox: Inbox, fault: faults.Fault
) -> None:
    """重试也算在内，到时限就放弃；它不在历史里，下一问照常。"""
    client = real_client(glm, retries=10**6)
    service = service_of(store, client, chat_settings(timeout=0.6))
    glm.always(fault)
    started = asyncio.get_running_loop().time()
    with pytest.raises(AnswerTimeoutError) as caught:
        await service.ask(question("旧"), inbox)
    assert caught.value.seconds == 0.6
    assert asyncio.get_running_loop().time() - started < 10
    glm.always(None)
    await service.ask(question("新"), inbox)
    assert await history(store) == [("新", "收到：新")]
    assert inbox.texts == ["收到：新"]
    await client.aclose()


async def test_waiting_in_line_is_not_counted(
    store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """时限从轮到时算起：排在超时的提问后面也照常得到回答。"""
    service = service_of(store, client, chat_settings(timeout=0.5))
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(question(text), inbox)))
        for text in ("慢", "快")
    ]
    assert await asking[0] is AnswerTimeoutError
    client.gate.set()
    assert await asking[1] is None
    assert await history(store) == [("快", "答：快")]


async def test_answer_survives_a_full_disk(
    service: ChatService, store: ConversationStore, where: Path | str, inbox: Inbox
) -> None:
    """存不下的回答照样交出，标明没有存下；能存之后照常。"""
    with full(where):
        await service.ask(question("旧"), inbox)
    await service.ask(question("新"), inbox)
    assert [(a.text, a.saved) for a in inbox.answers] == [
        ("答：旧", False),
        ("答：新", True),
    ]
    assert await history(store) == [("新", "答：新")]


async def test_unsaved_retry_keeps_the_old_turn(
    service: ChatService, store: ConversationStore, where: Path | str, inbox: Inbox
) -> None:
    """重答存不下时，旧的一轮还在：删与存是一件事。"""
    await service.ask(question("一"), inbox)
    last = await service.retriable(PRIVATE)
    assert last is not None
    with full(where):
        await service.ask(last.question, inbox, last.replaces)
    assert inbox.answers[-1].saved is False
    assert await store.count(PRIVATE) == 1


async def test_unreadable_history_asks_nothing(
    service: ChatService, client: FakeClient, where: Path | str, inbox: Inbox
) -> None:
    """历史读不出时不问 GLM：没有历史的回答会答非所问。"""
    carry_out(where, "ALTER TABLE glm_turn RENAME TO lost")
    await service.choose_model(PRIVATE, "glm-5")
    assert await outcome(service.ask(question(), inbox)) is StoreError
    assert client.requests == []
    carry_out(where, "ALTER TABLE lost RENAME TO glm_turn")
    await service.ask(question(), inbox)
    assert inbox.texts == ["答：问"]


async def test_check_key(service: ChatService, client: FakeClient) -> None:
    """看密钥是否有效：无效时异常原样出来。"""
    assert await outcome(service.check_key()) is None
    client.script.append(AuthError(401, "1000"))
    assert await outcome(service.check_key()) is AuthError
