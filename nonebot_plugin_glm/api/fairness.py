"""公平的队伍：各家轮流，一家之内先来先走，谁也饿不着谁。"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """公平的队伍；没有人等时为假。"""

    def __init__(self) -> None:
        self._lanes: dict[Hashable, deque[T]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def push(self, whose: Hashable, item: T) -> None:
        """排进 `whose` 家的末尾。"""
        self._lanes.setdefault(whose, deque()).append(item)

    def head(self) -> tuple[Hashable, T]:
        """轮到的一个，还没有走；队伍不能是空的。"""
        whose, lane = next(iter(self._lanes.items()))
        return whose, lane[0]

    def pop(self) -> T:
        """轮到的一个走了，他家排到最后；队伍不能是空的。"""
        whose, lane = next(iter(self._lanes.items()))
        item = lane.popleft()
        del self._lanes[whose]
        if lane:
            self._lanes[whose] = lane
        return item

    def remove(self, whose: Hashable, item: T) -> None:
        """等不及了；已经走了的不要紧。"""
        lane = self._lanes.get(whose)
        if lane and item in lane:
            lane.remove(item)
            if not lane:
                del self._lanes[whose]

    def ahead(self, whose: Hashable) -> int:
        """`whose` 家现在再来一个，前面会走掉几个。"""
        mine = len(self._lanes.get(whose, ()))
        total, rounds = mine, mine + 1
        for other, lane in self._lanes.items():
            if other == whose:
                rounds = mine
            else:
                total += min(len(lane), rounds)
        return total
