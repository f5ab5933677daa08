"""自愈：超长就裁短，序列不合规就重建，内容拦截就撤下。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.exception import (
    APIError,
    ContentFilteredError,
    ContextTooLongError,
    GLMError,
    InvalidMessagesError,
)

from .builders import PRIVATE, Inbox, history, outcome, question, talk
from .fake_client import FakeClient

TOO_LONG = ContextTooLongError(400, "1261")
INVALID = InvalidMessagesError(400, "1214")
BLAMED = ContentFilteredError(400, "1301", role="history")
FILTERED = ContentFilteredError(400, "1301", role="user")


def turns_sent(client: FakeClient, since: int) -> list[int]:
    """此后每个请求带了几轮。"""
    return [len(r.messages) // 2 - 1 for r in client.requests[since:]]


@pytest.mark.parametrize(
    ("before", "error", "sent"),
    [
        (6, TOO_LONG, [6, 2]),
        (3, TOO_LONG, [3, 1]),
        (1, TOO_LONG, [1, 0]),
        (6, INVALID, [6, 0]),
        (1, INVALID, [1, 0]),
    ],
)
async def test_second_attempt_with_fewer_turns(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    before: int,
    error: GLMError,
    sent: list[int],
) -> None:
    """带着更少的轮再问一次就答出来了；下一问接着用这个窗口，存下的轮一个不少。"""
    await talk(service, before)
    client.script.append(error)
    await service.ask(question("新"), inbox)
    assert turns_sent(client, before) == sent
    assert inbox.texts == ["答：新"]
    await service.ask(question("又"), inbox)
    assert turns_sent(client, before + 2) == [sent[-1] + 1]
    assert await store.count(PRIVATE) == before + 2


@pytest.mark.parametrize("errors", [[TOO_LONG, TOO_LONG], [TOO_LONG, INVALID]])
async def test_gives_up_after_the_second_attempt(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    errors: list[APIError],
) -> None:
    """两次都不行就报告，只问两次；失败的提问不在历史里。"""
    await talk(service, 6)
    client.script.extend(errors)
    failed = await outcome(service.ask(question("新"), inbox))
    assert failed is type(errors[1])
    assert len(client.requests) == 8
    assert inbox.texts == []
    assert await store.count(PRIVATE) == 6


async def test_window_is_shorter_after_failing_twice(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """超长两次之后，下一问的窗口更短，不会永远卡住。"""
    await talk(service, 6)
    client.script.extend([TOO_LONG, TOO_LONG])
    await outcome(service.ask(question("太长"), inbox))
    assert [q for q, _ in await history(store)] == ["旧4", "旧5"]
    await service.ask(question("新"), inbox)
    assert turns_sent(client, 8) == [2]
    assert await store.count(PRIVATE) == 7


@pytest.mark.parametrize("before", [0, 1, 2])
async def test_too_long_alone_is_not_the_history(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    before: int,
) -> None:
    """一轮不带也超长，是提问本身太长，窗口不动。"""
    await talk(service, before)
    client.script.extend([TOO_LONG, TOO_LONG])
    error = await outcome(service.ask(question("太长"), inbox))
    assert error is ContextTooLongError
    assert len(await history(store)) == before
    assert len(client.requests) == before + min(before + 1, 2)


async def test_invalid_without_history_is_not_retried(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """没有历史可去掉时，不合规的提问不再问第二次。"""
    client.script.append(INVALID)
    error = await outcome(service.ask(question(), inbox))
    assert error is InvalidMessagesError
    assert len(client.requests) == 1


@pytest.mark.parametrize("first", [[], [TOO_LONG], [INVALID]])
async def test_blamed_history_is_forgotten(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    first: list[GLMError],
) -> None:
    """历史被拦截（第二次问时也一样）就忘掉它，否则每一问都会被拦截。"""
    await talk(service, 4)
    client.script.extend([*first, BLAMED])
    error = await outcome(service.ask(question("新"), inbox))
    assert error is ContentFilteredError
    assert await store.count(PRIVATE) == 0
    await service.ask(question("又"), inbox)
    assert turns_sent(client, -1) == [0]


async def test_filtered_question_leaves_nothing(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """提问被拦截，它不在历史里，从前的轮都在，也不再问第二次。"""
    await talk(service, 2)
    client.script.append(FILTERED)
    error = await outcome(service.ask(question("坏话"), inbox))
    assert error is ContentFilteredError
    assert [q for q, _ in await history(store)] == ["旧0", "旧1"]
    assert len(client.requests) == 3
