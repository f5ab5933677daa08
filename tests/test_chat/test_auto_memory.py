"""模型自己记：与轮一起存，答不成就没有记过；关着时一切照旧。"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.chat.note_taking import DONE, REFUSALS, REMEMBER, NoteTaker
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.noting import (
    MOST_NOTES,
    MOST_OF_ONE,
    NOTE_CHARS,
    Note,
    Refusal,
    note_of,
)
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey
from nonebot_plugin_glm.exception import GLMError
from tests.fake_glm import FakeGLM, faults

from .builders import (
    BOB,
    GROUP,
    PRIVATE,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    real_client,
    service_of,
)


@pytest.fixture
async def client(glm: FakeGLM) -> AsyncIterator[GLMClient]:
    """连着假 GLM 的客户端；结束时没有一个请求被判不合规。"""
    client = real_client(glm, retries=0, patience=5)
    yield client
    await client.aclose()
    assert glm.invalid == []


@pytest.fixture
def service(store: ConversationStore, client: GLMClient) -> ChatService:
    """让模型自己记的服务。"""
    return service_of(store, client, replace(chat_settings(), auto_memory=True))


def noting(*texts: object, text: str = "") -> faults.ToolCalls:
    """模型要记几件事。"""
    return faults.ToolCalls(
        tuple(("remember", json.dumps({"text": t})) for t in texts), text
    )


async def notes(store: ConversationStore, key: ConversationKey = PRIVATE) -> list[Note]:
    """存下的备忘。"""
    return [stored.note for stored in await store.notes.of(key)]


async def test_off_by_default(
    store: ConversationStore, client: GLMClient, glm: FakeGLM
) -> None:
    """关着的时候请求里没有工具。"""
    await service_of(store, client).ask(question(), Inbox())
    assert "tools" not in glm.chats[0]


async def test_a_fact_is_kept(
    service: ChatService, store: ConversationStore, glm: FakeGLM
) -> None:
    """记下的与这一轮一起存，算在说话的人名下；下一问就带上，历史里没有工具消息。"""
    inbox = Inbox()
    glm.script(noting("乙 爱吃辣\n"), faults.Ok("记住了。"))
    await service.ask(question("我爱吃辣", GROUP, BOB), inbox)
    [answer] = inbox.answers
    assert (answer.text, answer.noted, answer.saved) == (
        "记住了。",
        ("乙 爱吃辣",),
        True,
    )
    assert await notes(store, GROUP) == [Note("乙 爱吃辣", "2")]
    assert await history(store, GROUP) == [("我爱吃辣", "记住了。")]
    await service.ask(question("问", GROUP), Inbox())
    system, *talk = glm.chats[-1]["messages"]
    assert system["content"].endswith("\n⟦备忘｜2⟧ 乙 爱吃辣")
    assert [m["role"] for m in talk] == ["user", "assistant", "user"]


async def test_known_facts_are_not_noted_twice(
    service: ChatService, store: ConversationStore, glm: FakeGLM
) -> None:
    """记着的不再记，也不再说记下了；同一问里记两遍也一样。"""
    await store.notes.add(PRIVATE, note_of("甲", "1"), 9)
    inbox = Inbox()
    glm.script(noting("甲", "乙"), noting("乙"), faults.Ok("好"))
    await service.ask(question(), inbox)
    assert inbox.answers[0].noted == ("乙",)
    assert [note.text for note in await notes(store)] == ["甲", "乙"]
    results = [m["content"] for m in glm.chats[-1]["messages"] if m["role"] == "tool"]
    assert results == [REFUSALS[Refusal.KNOWN], DONE, REFUSALS[Refusal.KNOWN]]


FAILURES = {
    "error": faults.Error.of(1210),
    "filtered": faults.Finish("sensitive"),
    "cut": faults.CutStream(0),
}


@pytest.mark.parametrize("fault", FAILURES.values(), ids=FAILURES)
async def test_a_failed_question_notes_nothing(
    service: ChatService, store: ConversationStore, glm: FakeGLM, fault: faults.Fault
) -> None:
    """答不成就没有记过。"""
    glm.script(noting("甲"), fault)
    error = await outcome(service.ask(question(), Inbox()))
    assert error is not None
    assert issubclass(error, GLMError)
    assert await notes(store) == []
    assert await history(store) == []


async def test_recalled_undone_and_reset(
    service: ChatService, store: ConversationStore, glm: FakeGLM
) -> None:
    """撤回或撤销那一轮，记下的一起忘记；重答则还在；重置也还在。"""
    for n in range(3):
        glm.script(noting(f"第{n}件"), faults.Ok("好"))
        await service.ask(replace(question(), message_ids=(f"m{n}",)), Inbox())
    await service.recall(PRIVATE, "m0")
    assert [note.text for note in await notes(store)] == ["第1件", "第2件"]
    last = await service.last_turn(PRIVATE)
    assert last is not None
    await service.ask(question(), Inbox(), last.id)
    assert [note.text for note in await notes(store)] == ["第1件", "第2件"]
    last = await service.last_turn(PRIVATE)
    assert last is not None
    await service.undo(PRIVATE, last.id)
    assert [note.text for note in await notes(store)] == ["第1件"]
    assert (await service.reset(PRIVATE)).notes == 1
    assert [note.text for note in await notes(store)] == ["第1件"]


ARGUMENTS = {
    "empty": ({"text": " "}, Refusal.EMPTY),
    "missing": ({}, Refusal.EMPTY),
    "not text": ({"text": 1}, Refusal.EMPTY),
    "long": ({"text": "字" * (NOTE_CHARS + 1)}, Refusal.LONG),
    "lone surrogate": ({"text": "\ud800"}, None),
}


@pytest.mark.parametrize(("arguments", "why"), ARGUMENTS.values(), ids=ARGUMENTS)
async def test_odd_arguments(arguments: dict[str, object], why: Refusal | None) -> None:
    """写得不对的不记，告诉模型缘由。"""
    taker = NoteTaker(question(), ())
    assert await taker.use(arguments) == (REFUSALS[why] if why else DONE)
    assert len(taker.noted) == (0 if why else 1)


async def test_limits_hold_for_the_model_too() -> None:
    """群里从一个人的话里记的有限；私聊里到记满为止。"""
    for key, most in ((GROUP, MOST_OF_ONE), (PRIVATE, MOST_NOTES)):
        taker = NoteTaker(question("问", key), [Note("别人的", "9")])
        said = [await taker.use({"text": f"{n}"}) for n in range(MOST_NOTES)]
        assert said.count(DONE) == len(taker.noted) == min(most, MOST_NOTES - 1)


def test_the_tool_is_always_the_same() -> None:
    """工具的说明在提示的最前，不随会话变。"""
    assert NoteTaker(question(), ()).spec is REMEMBER
    assert str(NOTE_CHARS) in json.dumps(REMEMBER.parameters, ensure_ascii=False)
