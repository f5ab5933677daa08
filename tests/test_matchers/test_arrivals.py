"""到达的先后：后到的等先到的进入队伍，先到的不来也不会等太久。"""

from __future__ import annotations

import asyncio
import random
import time
from typing import cast

import pytest
from nonebot.adapters import Event

from nonebot_plugin_glm.matchers import arrivals as module
from nonebot_plugin_glm.matchers import chat, reception
from nonebot_plugin_glm.matchers.arrivals import Arrivals
from tests.test_message.builders import ScriptedBot, private_event

from .fake_service import FakeService


def some_events(count: int) -> list[Event]:
    """几个事件；只用得到它们是谁。"""
    return [cast("Event", object()) for _ in range(count)]


async def test_enters_in_order_of_arrival() -> None:
    """不论处理到哪一步，都按到达的次序进入。"""
    arrivals, events = Arrivals(lambda: 0.0), some_events(20)  # 谁也不会等得太久
    for event in events:
        arrivals.note("群", event)
    entered: list[Event] = []

    async def handle(event: Event) -> None:
        await asyncio.sleep(random.Random(id(event)).random() * 0.02)
        await arrivals.enter("群", event)
        entered.append(event)

    await asyncio.gather(*map(handle, events))
    assert entered == events
    assert arrivals._waiting == {}


async def test_conversations_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """别的会话里先到的不用等。"""
    monkeypatch.setattr(module, "PATIENCE", 600.0)
    arrivals, (first, second) = Arrivals(), some_events(2)
    arrivals.note("甲群", first)
    arrivals.note("乙群", second)
    await asyncio.wait_for(arrivals.enter("乙群", second), 10)


async def test_private_chats_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, service: FakeService
) -> None:
    """一个人私聊的消息被别的插件拦下、或还在取引用，别人的私聊不用等。"""
    monkeypatch.setattr(module, "PATIENCE", 600.0)
    arrivals, bot = Arrivals(), ScriptedBot()
    for place in (reception, chat):
        monkeypatch.setattr(place, "arrivals", arrivals)
    stuck, other = private_event(user_id=3), private_event(user_id=4)
    assert not await reception.watch.rule(bot, stuck, {})
    assert not await reception.watch.rule(bot, other, {})
    await asyncio.wait_for(chat.answer_question(bot, other), 10)
    asked = [question.speaker.id for what, question, *_ in service.done]
    assert asked == ["4"]


async def test_unknown_event_enters_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """没有记下的（如重答）不用等。"""
    monkeypatch.setattr(module, "PATIENCE", 600.0)
    arrivals, (first, second) = Arrivals(), some_events(2)
    arrivals.note("群", first)
    await asyncio.wait_for(arrivals.enter("群", second), 10)


async def test_missing_one_is_waited_for_only_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """先到的被别的插件拦下，后到的等一会儿就不等了，次序照旧。"""
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    arrivals, (lost, second, third) = Arrivals(), some_events(3)
    for event in (lost, second, third):
        arrivals.note("群", event)
    entered: list[Event] = []

    async def handle(event: Event) -> None:
        await arrivals.enter("群", event)
        entered.append(event)

    started = time.monotonic()
    await asyncio.gather(handle(third), handle(second))
    assert entered == [second, third]
    assert 0.05 < time.monotonic() - started < 8
    assert arrivals._waiting == {}


async def test_forgets_what_never_came(monkeypatch: pytest.MonkeyPatch) -> None:
    """从没来过的不会越积越多。"""
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    arrivals = Arrivals()
    for event in some_events(100):
        await asyncio.sleep(0.0001)
        arrivals.note("群", event)
    assert len(arrivals._waiting["群"]) == 1


async def test_forgets_places_where_nobody_comes() -> None:
    """总被别的插件拦下的私聊有许多处，也不会越积越多。"""
    now = [0.0]
    arrivals = Arrivals(lambda: now[0])
    for person, event in enumerate(some_events(3000)):
        now[0] += module.PATIENCE
        arrivals.note(person, event)
    assert len(arrivals._waiting) <= 1000


async def test_handlers_that_die_do_not_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """等的人被取消，后面的照常。"""
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    arrivals, (first, second, third) = Arrivals(), some_events(3)
    for event in (first, second, third):
        arrivals.note("群", event)
    waiting = asyncio.create_task(arrivals.enter("群", second))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting])
    await arrivals.enter("群", first)
    await asyncio.wait_for(arrivals.enter("群", third), 10)


async def test_stalled_loop_does_no_harm() -> None:
    """等的时候自己也过了时限、被当作不会来的丢掉，照样进入。"""
    now = [0.0]
    arrivals = Arrivals(lambda: now[0])
    first, second, third = some_events(3)
    arrivals.note("群", first)
    arrivals.note("群", second)
    waiting = asyncio.create_task(arrivals.enter("群", second))
    await asyncio.sleep(0.01)
    now[0] = 2.0
    arrivals.note("群", third)
    await asyncio.wait_for(arrivals.enter("群", third), 10)
    await asyncio.wait_for(waiting, 10)
    assert arrivals._waiting == {}
