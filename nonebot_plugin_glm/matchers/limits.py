"""问得多快：超过了先说一声，再来就不出声。"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_MANY = 1000
"""记着这么多人时清理一次，免得越积越多。"""


@dataclass(frozen=True, slots=True)
class Rate:
    """多少秒里至多几次。"""

    count: int
    seconds: float


def parse_rate(text: str) -> Rate | None:
    """读出 `10/60s`；空串是不限。"""
    if not text:
        return None
    count, _, seconds = text.partition("/")
    return Rate(int(count), float(seconds.rstrip("s")))


class RateLimiter:
    """滑动窗口：任何一段这么长的时间里，一个人至多这么多次；`rate` 随时会变。"""

    def __init__(
        self,
        rate: Callable[[], Rate | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._clock = clock
        self._times: dict[Hashable, deque[float]] = {}

    @property
    def seconds(self) -> float:
        """限的是多长的一段时间。"""
        return rate.seconds if (rate := self._rate()) else 0.0

    def wait(self, who: Hashable) -> float:
        """这个人还要等多少秒，0 为现在就可以。"""
        if who not in self._times or (rate := self._rate()) is None:
            return 0.0
        times = self._times[who]
        if len(times) < rate.count:
            return 0.0
        return max(0.0, times[-rate.count] + rate.seconds - self._clock())

    def count(self, who: Hashable) -> None:
        """这个人又问了一次。"""
        if (rate := self._rate()) is None:
            return
        if len(self._times) >= _MANY:
            self._forget_old(self._clock() - rate.seconds)
        times = self._times.get(who)
        if times is None or times.maxlen != rate.count:
            times = self._times[who] = deque(times or (), maxlen=rate.count)
        times.append(self._clock())

    def _forget_old(self, since: float) -> None:
        self._times = {k: v for k, v in self._times.items() if v[-1] > since}


class Notices:
    """同一句话对同一个人（或同一个群）不说第二遍，直到过了一阵。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[Hashable, float] = {}

    def first(self, who: Hashable, seconds: float) -> bool:
        """是不是第一次说；接下来的 `seconds` 秒里都不是。"""
        now = self._clock()
        if self._until.get(who, now) > now:
            return False
        if len(self._until) >= _MANY:
            self._until = {k: until for k, until in self._until.items() if until > now}
        self._until[who] = now + seconds
        return True
