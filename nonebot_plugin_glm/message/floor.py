"""一个群里机器人正对着谁说话：插进了别的话，或隔得久了，就要重新说明是说给谁的。"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from weakref import WeakKeyDictionary, WeakValueDictionary

FRESH = 10.0
"""隔了多少秒以上，群里的人已经看不出这是接着上一条说的。"""


class Floor:
    """每个地方最后是哪个回答在说。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._speaking: WeakValueDictionary[Hashable, object] = WeakValueDictionary()
        self._spoke_at: WeakKeyDictionary[object, float] = WeakKeyDictionary()

    def take(self, place: Hashable, answer: object) -> None:
        """一个回答刚在这里说了一条。"""
        self._speaking[place] = answer
        self._spoke_at[answer] = self._clock()

    def leave(self, place: Hashable) -> None:
        """在这里说了一句别的。"""
        self._speaking.pop(place, None)

    def holds(self, place: Hashable, answer: object) -> bool:
        """这个回答说的下一条，是不是紧接着它的上一条。"""
        if self._speaking.get(place) is not answer:
            return False
        return self._clock() - self._spoke_at[answer] < FRESH


floor = Floor()
