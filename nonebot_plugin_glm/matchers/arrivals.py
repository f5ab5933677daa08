"""到达的先后：给机器人的消息按到达的次序进入各自的队伍。

NoneBot 为每个事件开一个任务，`on_command` 的依赖又在线程里跑，同时到的几条消息轮到
聊天响应器时次序已经乱了。所以在一切响应器之前先记下谁先到。
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import anyio
from nonebot import on_message
from nonebot.adapters import Bot, Event

from .depends import get_key
from .quick import quick_rule
from .rules import is_for_bot

PATIENCE = 1.0
"""先到的消息迟迟不来（多半被别的插件拦下了），后到的最多等它多少秒。"""


@dataclass(slots=True, eq=False)
class _Arrival:
    event: Event
    at: float
    entered: asyncio.Event = field(default_factory=asyncio.Event)


class Arrivals:
    """到了而还没有进入队伍的消息。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[object, deque[_Arrival]] = {}

    def note(self, key: object, event: Event) -> None:
        """记下一条消息到了。"""
        now = self._clock()
        waiting = self._waiting.setdefault(key, deque())
        while waiting and waiting[0].at < now - PATIENCE:
            waiting.popleft()
        waiting.append(_Arrival(event, now))

    async def enter(self, key: object, event: Event) -> None:
        """等先到的都进入了再返回；返回之后要不等待地进入队伍。"""
        waiting = self._waiting.get(key, deque())
        mine = next((a for a in waiting if a.event is event), None)
        if mine is None:
            return
        # 等得太久的会被 note 丢掉，自己也可能在其中：那就不必再等
        while mine in waiting and (first := waiting[0]) is not mine:
            with anyio.move_on_after(first.at + PATIENCE - self._clock()):
                await first.entered.wait()
            if waiting and waiting[0] is first:
                waiting.popleft()
        mine.entered.set()
        if waiting and waiting[0] is mine:
            waiting.popleft()
        if not waiting and self._waiting.get(key) is waiting:
            del self._waiting[key]


arrivals = Arrivals()


def _note_arrival(bot: Bot, event: Event) -> bool:
    """记下给机器人的消息；从不响应。"""
    if is_for_bot(bot, event):
        arrivals.note(get_key(bot, event), event)
    return False


on_message(rule=quick_rule(_note_arrival), priority=0, block=False)
