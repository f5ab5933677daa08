"""重答与撤回：先是失败的提问，再是最后一轮；成功了才取代旧的。"""

from __future__ import annotations

import asyncio

import pytest

from nonebot_plugin_glm.chat.failed import MOST
from nonebot_plugin_glm.chat.results import Retriable
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.exception import (
    GLMError,
    NetworkError,
    RateLimitError,
    StoppedError,
)

from .builders import (
    ALICE,
    BOB,
    GROUP,
    PRIVATE,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    service_of,
)
from .fake_client import FakeClient

FAILURE = NetworkError("断了")


async def retriable_of(
    service: ChatService, key: ConversationKey = PRIVATE
) -> Retriable:
    """可以重答的提问，必须有。"""
    found = await service.retriable(key)
    assert found is not None
    return found


async def retry(service: ChatService, inbox: Inbox) -> type[GLMError] | None:
    """重答最后一个提问。"""
    last = await retriable_of(service)
    return await outcome(service.ask(last.question, inbox, last.replaces))


async def test_nothing_to_retry(service: ChatService) -> None:
    """没有说过话就没有可重答的。"""
    assert await service.retriable(PRIVATE) is None
    assert await service.last_turn(PRIVATE) is None


async def test_failed_question_comes_first(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """刚失败的提问先于最后一轮，原封不动，不取代什么；成功之后轮到它那一轮。"""
    client.script.extend(["答一", FAILURE])
    await service.ask(question("一", GROUP), inbox)
    failed = question("二", GROUP, BOB)
    await outcome(service.ask(failed, inbox))
    assert await retriable_of(service, GROUP) == Retriable(failed, None)
    await service.ask(failed, inbox)
    last = await service.last_turn(GROUP)
    assert last is not None
    assert await retriable_of(service, GROUP) == Retriable(failed, last.id)


async def test_retry_replaces_the_old_turn(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """重答成功后只剩新的回答；重答时发的历史里没有旧的那一轮。"""
    client.script.extend(["答一", "旧答", "新答"])
    await service.ask(question("一"), inbox)
    await service.ask(question("二"), inbox)
    assert await retry(service, inbox) is None
    assert await history(store) == [("一", "答一"), ("二", "新答")]
    sent = [m.content for m in client.requests[-1].messages]
    assert sent[1:] == ["一", "答一", "二"]
    assert client.requests[-1] == client.requests[-2]


async def test_retrying_the_only_turn(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """仅有的一轮也能一再重答，之后的提问看得见它。"""
    client.script.extend(["一", "二", "三"])
    await service.ask(question(), inbox)
    await retry(service, inbox)
    await retry(service, inbox)
    assert inbox.texts == ["一", "二", "三"]
    assert await history(store) == [("问", "三")]
    await service.ask(question("后"), inbox)
    assert len(await history(store)) == 2


async def test_failed_retry_keeps_the_old_turn(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """重答失败，旧的一轮还在，而且再重答仍会取代它，不会变成两轮。"""
    client.script.extend(["旧答", FAILURE])
    await service.ask(question("一"), inbox)
    assert await retry(service, inbox) is NetworkError
    assert await history(store) == [("一", "旧答")]
    assert await retry(service, inbox) is None
    assert await history(store) == [("一", "答：一")]


async def test_stopped_retry_keeps_the_old_turn(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """重答被中止，旧的一轮还在。"""
    await service.ask(question("一"), inbox)
    client.hold()
    asking = asyncio.create_task(retry(service, inbox))
    await client.busy_with(1)
    await service.stop(PRIVATE)
    assert await asking is StoppedError
    assert await history(store) == [("一", "答：一")]


async def test_undo(
    service: ChatService, store: ConversationStore, inbox: Inbox
) -> None:
    """撤回最后一轮，之前的都在；之后的提问接着之前的说。"""
    for text in "一二":
        await service.ask(question(text), inbox)
    last = await service.last_turn(PRIVATE)
    assert last is not None
    assert last.turn.speaker == ALICE
    await service.undo(PRIVATE, last.id)
    await service.ask(question("三"), inbox)
    assert [q for q, _ in await history(store)] == ["一", "三"]


async def test_undo_waits_for_its_turn(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """有提问在途时撤回，等它答完，撤的仍是当时指定的那一轮。"""
    await service.ask(question("一"), inbox)
    last = await service.last_turn(PRIVATE)
    assert last is not None
    client.hold()
    asking = asyncio.create_task(service.ask(question("二"), inbox))
    await client.busy_with(1)
    undoing = asyncio.create_task(service.undo(PRIVATE, last.id))
    await asyncio.sleep(0.01)
    assert not undoing.done()
    client.gate.set()
    await asyncio.gather(asking, undoing)
    assert await history(store) == [("二", "答：二")]


async def test_failed_questions_are_bounded(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """只为最近的一些会话记住失败的提问，内存不会越用越多。"""
    keys = [
        ConversationKey("qq", "1", Scope.PRIVATE, "", f"{n}") for n in range(MOST + 5)
    ]
    client.script.extend([RateLimitError(429, "1302")] * len(keys))
    for key in keys:
        await outcome(service.ask(question("问", key), inbox))
    found = [await service.retriable(key) is not None for key in keys]
    assert found == [False] * 5 + [True] * MOST


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_retry_at_the_edge_of_the_window(
    store: ConversationStore, client: FakeClient, inbox: Inbox, turns: int
) -> None:
    """窗口很小、刚裁过也一样：重答之后每个提问只有一轮，最后一轮在窗口里。"""
    service = service_of(store, client, chat_settings(turns))
    for n in range(6):
        await service.ask(question(f"{n}"), inbox)
        await retry(service, inbox)
        assert await store.count(PRIVATE) == n + 1
        assert (await history(store))[-1][0] == f"{n}"


async def test_two_retries_at_once_leave_one_turn(
    service: ChatService, store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """两个人同时要重答，后一个取代前一个的，不会变成两轮。"""
    client.script.extend(["答一", "答二", "答三"])
    await service.ask(question("问"), inbox)
    last = await retriable_of(service)
    await asyncio.gather(
        *(service.ask(last.question, inbox, last.replaces) for _ in range(2))
    )
    assert inbox.texts == ["答一", "答二", "答三"]
    assert await history(store) == [("问", "答三")]
