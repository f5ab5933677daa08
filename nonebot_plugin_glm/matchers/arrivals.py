"""到达的先后：给机器人的消息按到达的次序进入各自的队伍，一个群、一个私聊各排各的。

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
from nonebot.adapters import Event

PATIENCE = 1.0
"""先到的消息迟迟不来（多半被别的插件拦下了），后到的最多等它多少秒。"""
LONGEST = 10.0
"""先到的已经来了，只是还在看它引用了什么，最多等它多少秒。"""
_MANY = 1000
"""这么多处有人等时清理一次：总被别的插件拦下的地方，没有人来拆队伍。"""


@dataclass(slots=True, eq=False)
class _Arrival:
    event: Event
    at: float
    claimed: bool = False
    """已经轮到聊天响应器，只是还没有进入队伍"""
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deadline(self) -> float:
        """后到的最多等到什么时候。"""
        return self.at + (LONGEST if self.claimed else PATIENCE)

    def __enter__(self) -> None:
        self.claimed = True

    def __exit__(self, *_: object) -> None:
        self.entered.set()

    def overdue(self, now: float) -> bool:
        """是否不必再等它。"""
        return self.entered.is_set() or now >= self.deadline


class Arrivals:
    """到了而还没有进入队伍的消息。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._waiting: dict[object, deque[_Arrival]] = {}

    def note(self, key: object, event: Event) -> None:
        """记下一条消息到了。"""
        now = self._clock()
        if len(self._waiting) >= _MANY:
            self._tidy(now)
        waiting = self._waiting.setdefault(key, deque())
        while waiting and waiting[0].overdue(now):
            waiting.popleft()
        waiting.append(_Arrival(event, now))

    def claim(self, key: object, event: Event) -> _Arrival:
        """轮到这条消息了；还要过一会儿才进入队伍，后到的等它进入或离开 `with`。"""
        return self._find(key, event) or _Arrival(event, self._clock())

    async def enter(self, key: object, event: Event) -> None:
        """等先到的都进入了再返回；返回之后要不等待地进入队伍。"""
        waiting = self._waiting.get(key, deque())
        mine = self._find(key, event)
        if mine is None:
            return
        # 等得太久的会被 note 丢掉，自己也可能在其中：那就不必再等
        while mine in waiting and (first := waiting[0]) is not mine:
            with anyio.move_on_after(first.deadline - self._clock()):
                await first.entered.wait()
            if waiting and waiting[0] is first and first.overdue(self._clock()):
                waiting.popleft()
        mine.entered.set()
        if waiting and waiting[0] is mine:
            waiting.popleft()
        if not waiting and self._waiting.get(key) is waiting:
            del self._waiting[key]

    def _tidy(self, now: float) -> None:
        """拆掉不必再等谁的队伍。"""
        for key, waiting in list(self._waiting.items()):
            if all(arrival.overdue(now) for arrival in waiting):
                del self._waiting[key]

    def _find(self, key: object, event: Event) -> _Arrival | None:
        for arrival in self._waiting.get(key, ()):
            if arrival.event is event:
                return arrival
        return None


arrivals = Arrivals()
