"""忘记：在途的与排队的提问都不再出现，也不会回到历史里。"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from nonebot_plugin_glm.chat.results import ResetDone
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Answer, ConversationKey, Turn
from nonebot_plugin_glm.exception import NetworkError, StoppedError
from tests.fake_glm import FakeGLM

from .builders import (
    PRIVATE,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    service_of,
)
from .fake_client import FakeClient


async def test_reset_forgets(
    service: ChatService, store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """忘记几轮就说几轮，之后的提问从头开始。"""
    for n in range(3):
        await service.ask(question(f"{n}"), inbox)
    assert (await service.reset(PRIVATE)).turns == 3
    assert (await service.reset(PRIVATE)).turns == 0
    await service.ask(question("新"), inbox)
    assert len(client.requests[-1].messages) == 2
    assert await history(store) == [("新", "答：新")]


async def test_reset_during_the_call(
    service: ChatService, store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """正在问 GLM 的与排队的都中止，一个也不出现；之后的照常。"""
    client.hold()
    asking = asyncio.gather(
        *(outcome(service.ask(question(f"{n}"), inbox)) for n in range(5))
    )
    await client.entered.wait()
    assert (await service.reset(PRIVATE)).turns == 0
    assert await asking == [StoppedError] * 5
    assert client.cancelled == len(client.requests) == 1
    client.gate.set()
    await service.ask(question("新"), inbox)
    assert inbox.texts == ["答：新"]
    assert await history(store) == [("新", "答：新")]


class HookedStore(ConversationStore):
    """存下之后、返回之前做一件事的历史。"""

    saved: Callable[[], Awaitable[None]]

    async def append(self, key: ConversationKey, turn: Turn, **values: Any) -> int:
        """存一轮，然后做那件事。"""
        turn_id = await super().append(key, turn, **values)
        await self.saved()
        return turn_id


@pytest.fixture
def hooked(store: ConversationStore) -> HookedStore:
    """同一个数据库上的 HookedStore。"""
    return HookedStore(store._database)


async def test_reset_during_the_commit(
    hooked: HookedStore, client: FakeClient, inbox: Inbox
) -> None:
    """正在存、还没交出时忘记：等它存完再忘，不交出，也不留下。"""
    service = service_of(hooked, client, chat_settings())
    saving, release = asyncio.Event(), asyncio.Event()

    async def saved() -> None:
        saving.set()
        await release.wait()

    hooked.saved = saved
    asking = asyncio.create_task(outcome(service.ask(question(), inbox)))
    await saving.wait()
    resetting = asyncio.create_task(service.reset(PRIVATE))
    await asyncio.sleep(0.01)
    assert not resetting.done()
    release.set()
    assert await resetting == ResetDone(turns=1, stopped=1)
    assert await asking is StoppedError
    assert inbox.texts == []
    assert await history(hooked) == []


@pytest.mark.parametrize("pause", [False, True])
async def test_stop_during_the_commit(
    hooked: HookedStore, client: FakeClient, inbox: Inbox, pause: bool
) -> None:
    """存的时候中止，回答不再交出；这一轮已经存下，重答是取代它，不会变成两轮。"""
    service = service_of(hooked, client, chat_settings())
    client.script.append(NetworkError("断了"))
    await outcome(service.ask(question(), inbox))

    async def saved() -> None:
        await service.stop(PRIVATE)
        if pause:
            await asyncio.sleep(0.001)

    hooked.saved = saved
    assert await outcome(service.ask(question(), inbox)) is StoppedError
    assert inbox.texts == []
    last, retriable = await service.last_turn(PRIVATE), await service.retriable(PRIVATE)
    assert last is not None
    assert retriable is not None
    assert retriable.replaces == last.id


async def test_reset_during_delivery(
    service: ChatService, store: ConversationStore
) -> None:
    """正在交出时忘记：交出被打断，历史里也没有。"""
    started, finished = asyncio.Event(), []

    async def deliver(answer: Answer) -> None:
        started.set()
        await asyncio.Event().wait()
        finished.append(answer)

    asking = asyncio.create_task(outcome(service.ask(question(), Inbox(deliver))))
    await started.wait()
    assert (await service.reset(PRIVATE)).turns == 1
    assert await asking is StoppedError
    assert finished == []
    assert await history(store) == []


@pytest.mark.parametrize("steps", range(1, 60))
async def test_reset_at_any_step(
    service: ChatService, store: ConversationStore, inbox: Inbox, steps: int
) -> None:
    """在一个提问的任何一步忘记：要么先交出后忘记，要么从未出现，总之不在历史里。"""
    asking = asyncio.create_task(outcome(service.ask(question("旧"), inbox)))
    for _ in range(steps):
        await asyncio.sleep(0 if steps < 30 else 0.0001)
    before = len(inbox.texts)
    forgotten = (await service.reset(PRIVATE)).turns
    result = await asking
    assert len(inbox.texts) == before
    assert (result is None) == (before == 1)
    assert forgotten >= before
    assert await history(store) == []


async def test_reset_in_random_moments(
    online: ChatService, store: ConversationStore, glm: FakeGLM
) -> None:
    """乱问乱忘一百次：忘记返回之后，旧的提问不再出现，历史里只有新的。"""
    dice = random.Random(3)
    for generation in range(100):
        inbox, name = Inbox(), f"第{generation}代"
        asking = [
            asyncio.create_task(outcome(online.ask(question(f"{name}{n}"), inbox)))
            for n in range(dice.randint(1, 3))
        ]
        await asyncio.sleep(dice.random() * 0.012)
        await online.reset(PRIVATE)
        said = list(inbox.texts)
        late = await online.last_turn(PRIVATE)
        assert late is None
        results = await asyncio.gather(*asking)
        assert results.count(None) == len(said) == len(inbox.texts)
    assert await history(store) == []
    assert glm.invalid == []
