"""关机：中止在途的，等它们退出，再关连接与数据库。"""

from __future__ import annotations

import asyncio
from pathlib import Path

from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.exception import ClosingError, StoppedError

from .builders import (
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


async def test_closing_with_questions_in_flight(
    store: ConversationStore, client: FakeClient, inbox: Inbox, where: Path | str
) -> None:
    """关机：在途的与排队的都中止并退出，然后才关连接；历史里只有答完的。"""
    service = service_of(store, client, chat_settings())
    await service.ask(question("从前"), inbox)
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(question(f"{n}", key), inbox)))
        for key in (PRIVATE, GROUP)
        for n in range(3)
    ]
    await client.busy_with(2)
    await asyncio.wait_for(service.aclose(), 5)
    assert client.closed
    assert [await task for task in asking] == [StoppedError] * 6
    assert service._asking.queue._lanes == {}
    assert inbox.texts == ["答：从前"]
    late = await outcome(service.ask(question("关机之后"), inbox))
    assert late is ClosingError
    again = await ConversationStore.open(where)
    assert await history(again) == [("从前", "答：从前")]
    await again.aclose()


async def test_closing_when_idle(store: ConversationStore, client: FakeClient) -> None:
    """没有人在问时也关得上。"""
    await service_of(store, client, chat_settings()).aclose()
    assert client.closed


async def test_draining(
    store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """要关机了：在答的答完、存好；排着队的、新来的、接着说的都作罢。"""
    service = service_of(store, client, limits=QueueLimits(merge_seconds=60))
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(asked, inbox)))
        for asked in (question("甲问"), question("乙问", speaker=BOB))
    ]
    await client.busy_with(1)
    draining = asyncio.create_task(service.drain(60))
    assert await asking[1] is ClosingError
    assert not service.join(question("接着说"))
    assert await outcome(service.ask(question("新来的", GROUP), inbox)) is ClosingError
    assert not draining.done()
    client.gate.set()
    await draining
    assert await asking[0] is None
    assert await history(store) == [("甲问", "答：甲问")]
    await service.aclose()


async def test_draining_gives_up(
    store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """到时还没有答完的整个作罢，不留痕迹。"""
    service = service_of(store, client)
    client.hold()
    asking = asyncio.create_task(outcome(service.ask(question(), inbox)))
    await client.busy_with(1)
    await service.drain(0.01)
    assert await asking is ClosingError
    assert await history(store) == []
    await service.aclose()
