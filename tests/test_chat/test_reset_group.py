"""忘记一个会话或一个群，别的会话在途的提问照常。"""

from __future__ import annotations

import asyncio

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.exception import NetworkError, StoppedError

from .builders import (
    GROUP,
    MEMBER,
    OTHER_GROUP,
    PRIVATE,
    Inbox,
    history,
    outcome,
    question,
)
from .fake_client import FakeClient

OTHER_BOT = ConversationKey("qq", "20000", Scope.GROUP, "9")


async def test_reset_leaves_other_conversations(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """忘记一个会话，别的会话在途的提问照常答完。"""
    client.hold()
    keys = (GROUP, MEMBER, OTHER_GROUP, OTHER_BOT)
    asking = [asyncio.create_task(service.ask(question("问", k), inbox)) for k in keys]
    await client.busy_with(len(keys))
    await service.reset(PRIVATE)
    client.gate.set()
    await asyncio.gather(*asking)
    assert [len(await history(store, key)) for key in keys] == [1] * 4


async def test_reset_group(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """忘记一个群：共用的与成员的都忘、都中止，别的群、私聊、别的账号照常。"""
    keys = (GROUP, MEMBER, OTHER_GROUP, OTHER_BOT, PRIVATE)
    for key in keys:
        await service.ask(question("旧", key), inbox)
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(question("新", key), inbox)))
        for key in keys
    ]
    await client.busy_with(len(keys))
    assert (await service.reset_group(GROUP)).turns == 2
    client.gate.set()
    ended = [await task for task in asking]
    assert ended == [StoppedError, StoppedError, None, None, None]
    assert [len(await history(store, key)) for key in keys] == [0, 0, 2, 2, 2]


async def test_reset_forgets_the_failed_question(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """忘记之后，失败的提问也不能再试。"""
    client.script.extend([NetworkError("x"), NetworkError("x")])
    await outcome(service.ask(question("旧"), inbox))
    await outcome(service.ask(question("别处", GROUP), inbox))
    await service.reset(PRIVATE)
    assert await service.retriable(PRIVATE) is None
    assert await service.retriable(GROUP) is not None


async def test_private_chat_is_not_a_group(
    service: ChatService, client: FakeClient, store: ConversationStore, inbox: Inbox
) -> None:
    """私聊没有群：按群忘记不中止别人的私聊。"""
    neighbour = ConversationKey("qq", "10000", Scope.PRIVATE, "", "2")
    client.hold()
    asking = asyncio.create_task(service.ask(question("问", neighbour), inbox))
    await client.busy_with(1)
    assert (await service.reset_group(PRIVATE)).turns == 0
    client.gate.set()
    await asking
    assert await history(store, neighbour) == [("问", "答：问")]
