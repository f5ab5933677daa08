"""并入、撤回、排不下、说到一半：从服务的门外看。"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from nonebot_plugin_glm.chat.answering import BROKEN
from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.results import Recalled
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Question
from nonebot_plugin_glm.exception import (
    ContentFilteredError,
    NetworkError,
    QueueFullError,
    StoppedError,
)

from .builders import (
    ALICE,
    BOB,
    GROUP,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    service_of,
)
from .fake_client import FakeClient

MERGING = QueueLimits(merge_seconds=60)


def said(text: str, message_id: str = "") -> Question:
    """群里甲说的一句。"""
    ids = (message_id,) if message_id else ()
    return replace(question(text, GROUP, ALICE), message_ids=ids)


@pytest.fixture
def merging(store: ConversationStore, client: FakeClient) -> ChatService:
    """一分钟之内接着说的都并在一起的服务。"""
    return service_of(store, client, chat_settings(), MERGING)


async def test_running_question_starts_again(
    merging: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """正在答的从头再答，只存一轮。"""
    client.hold()
    inbox = Inbox()
    asking = asyncio.create_task(merging.ask(said("一"), inbox))
    await client.busy_with(1)
    assert await merging.ask(said("二"), Inbox()) is False
    client.gate.set()
    assert await asking is True
    assert client.cancelled == 1
    assert await history(store, GROUP) == [("一\n二", inbox.texts[0])]


async def test_nothing_is_merged_after_it_was_seen(
    merging: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """已经有人看到了一部分：另算一个提问，前一个照样答完。"""
    client.hold()
    reader = Inbox(eager=True)
    asking = asyncio.create_task(merging.ask(said("一"), reader))
    await client.busy_with(1)
    assert not merging.is_hearing(GROUP, ALICE.id)
    reader.read("看到了")
    assert merging.is_hearing(GROUP, ALICE.id)
    assert not merging.is_hearing(GROUP, BOB.id)
    later = asyncio.create_task(merging.ask(said("二"), Inbox()))
    await asyncio.sleep(0)
    client.gate.set()
    await asyncio.gather(asking, later)
    assert [q for q, _ in await history(store, GROUP)] == ["一", "二"]


async def test_full_queue(store: ConversationStore, client: FakeClient) -> None:
    """排满之后的进不来，排上的都答。"""
    service = service_of(store, client, limits=QueueLimits(length=2))
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(question(f"{n}"), Inbox())))
        for n in range(5)
    ]
    await client.busy_with(1)
    client.gate.set()
    assert await asyncio.gather(*asking) == [None] * 3 + [QueueFullError] * 2


async def test_recalled_before_it_entered(
    merging: ChatService, client: FakeClient
) -> None:
    """撤回先到，提问后到：不答。"""
    await merging.recall(GROUP, "7")
    assert await outcome(merging.ask(said("一", "7"), Inbox())) is StoppedError
    assert client.requests == []


async def test_recalled_while_running(
    merging: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """正在答的撤回：看到的收回，不存。"""
    client.hold()
    inbox = Inbox()
    asking = asyncio.create_task(outcome(merging.ask(said("一", "7"), inbox)))
    await client.busy_with(1)
    assert await merging.recall(GROUP, "7") == Recalled()
    assert await asking is StoppedError
    assert inbox.withdrawn == 1
    assert await history(store, GROUP) == []
    assert await merging.retriable(GROUP) is None


async def test_recalled_in_another_account(
    merging: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """别的账号里同样的编号不相干。"""
    await merging.ask(said("一", "7"), Inbox())
    await merging.recall(replace(GROUP, bot_id="别的"), "7")
    assert len(await history(store, GROUP)) == 1
    done = await merging.recall(GROUP, "7")
    assert (done.key, done.answers) == (GROUP, ("a1",))
    assert await history(store, GROUP) == []


async def test_broken_off(
    service: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """有人看到一部分才断：留住说了的，说明断了；重答取代它。"""
    client.script.append(NetworkError("断了"))
    client.partial = "说了一半"
    inbox = Inbox(eager=True)
    await service.ask(question("问"), inbox)
    assert [(a.text, a.finish) for a in inbox.answers] == [("说了一半", BROKEN)]
    assert await history(store) == [("问", "说了一半")]
    last = await service.retriable(question().key)
    assert last is not None
    await service.ask(last.question, Inbox(), last.replaces)
    assert await history(store) == [("问", "答：问")]


async def test_filtered_after_it_was_seen(
    service: ChatService, client: FakeClient, store: ConversationStore
) -> None:
    """看到一部分才被判不合适：收回，不存。"""
    client.script.append(ContentFilteredError(200, "1301"))
    client.partial = "不合适"
    inbox = Inbox(eager=True)
    assert await outcome(service.ask(question("问"), inbox)) is ContentFilteredError
    assert inbox.withdrawn == 1
    assert await history(store) == []


async def test_people_present(service: ChatService, client: FakeClient) -> None:
    """告诉看回答的人，窗口里有哪些人。"""
    await service.ask(question("一", GROUP, ALICE), Inbox())
    inbox = Inbox()
    await service.ask(question("二", GROUP, BOB), inbox)
    assert inbox.people == [ALICE, BOB]
