"""请求的名额：每个密钥、每个模型同时能问几个；满了就排队，各家轮流。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ..exception import GLMError
from .fairness import FairQueue
from .keys import Key, KeyPool
from .limits import LATEST, SOONEST, Limit
from .parking import Parking


@dataclass(frozen=True, slots=True)
class Crowd:
    """一个模型此刻有多挤。"""

    ahead: int
    """现在去排队，前面有几个在等"""
    slots: int
    """同时能答几个"""
    room: bool
    """是否不必等"""


@dataclass(frozen=True, slots=True, eq=False)
class _Slot:
    """一个名额。"""

    key: Key
    model: str
    limit: Limit
    parkings: Sequence[Parking]
    """取得名额时密钥的各次搁置"""


class Slots:
    """请求的名额。

    参数:
        keys: 密钥
        total: 一共最多同时有多少个请求
        start: 还没有学到时，一个密钥用一个模型同时能问几个
    """

    def __init__(
        self, keys: KeyPool, total: int, start: Callable[[str], int | None]
    ) -> None:
        self._keys = keys
        self._total = total
        self._start = start
        self._in_flight = 0
        self._limits: dict[tuple[int, str], Limit] = {}
        self._queues: dict[str, FairQueue[asyncio.Future[_Slot]]] = {}

    @asynccontextmanager
    async def slot(self, model: str, whose: Hashable) -> AsyncIterator[Key]:
        """等到一个名额，给出该用的密钥；里面的成败告诉密钥与名额。

        参数:
            model: 问哪个模型
            whose: 谁的请求，同一家的先来先走

        异常:
            MissingKeyError: 一个密钥也没有
        """
        slot = await self._acquire(model, whose)
        try:
            yield slot.key
        except GLMError as error:
            slot.limit.failed(error)
            self._keys.failed(slot.key, model, error)
            raise
        else:
            slot.limit.succeeded()
            self._keys.succeeded(slot.key, model, slot.parkings)
        finally:
            self._release(slot)

    def crowd(self, model: str, whose: Hashable) -> Crowd:
        """这个模型此刻有多挤。"""
        limits = [self._limit(key, model) for key in self._keys.usable(model)]
        queue = self._queues.get(model)
        free = self._in_flight < self._total and not all(li.full for li in limits)
        return Crowd(
            ahead=queue.ahead(whose) if queue else 0,
            slots=min(self._total, sum(limit.most for limit in limits)),
            room=free and not queue,
        )

    async def _acquire(self, model: str, whose: Hashable) -> _Slot:
        if not self._queues.get(model) and (slot := self._grant(model, whose)):
            return slot
        waiter: asyncio.Future[_Slot] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(model, FairQueue()).push(whose, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            # 取消可能与名额同时来到：名额要还，排着的要离队
            if waiter.done() and not waiter.cancelled():
                self._release(waiter.result())
            elif queue := self._queues.get(model):
                queue.remove(whose, waiter)
                self._rotate(model)
            raise

    def _grant(self, model: str, whose: Hashable) -> _Slot | None:
        """给一个名额：有空的密钥里在途最少的，一样少就用该先用的。"""
        if self._in_flight >= self._total:
            return None
        choices = [
            key
            for key in self._keys.choices(model, whose)
            if not self._limit(key, model).full
        ]
        if not choices:
            return None
        key = min(choices, key=lambda key: key.in_flight)
        limit = self._limit(key, model)
        self._in_flight += 1
        key.in_flight += 1
        limit.in_flight += 1
        return _Slot(key, model, limit, tuple(key.parkings.values()))

    def _release(self, slot: _Slot) -> None:
        self._in_flight -= 1
        slot.key.in_flight -= 1
        slot.limit.in_flight -= 1
        # 一个名额可能让别的模型也轮到：总数有了空；各模型轮流
        while True in [self._serve(model) for model in list(self._queues)]:
            pass

    def _serve(self, model: str) -> bool:
        """让一个等着这个模型的人拿到名额。"""
        queue = self._queues[model]
        while queue:
            whose, waiter = queue.head()
            if not waiter.done():
                slot = self._grant(model, whose)
                if slot is None:
                    return False
                waiter.set_result(slot)
                queue.pop()
                self._rotate(model)
                return True
            queue.pop()
        self._rotate(model)
        return False

    def _rotate(self, model: str) -> None:
        """还有人等就排到别的模型后面，没有就拆掉。"""
        queue = self._queues.pop(model)
        if queue:
            self._queues[model] = queue

    def _limit(self, key: Key, model: str) -> Limit:
        found = self._limits.get((key.number, model))
        if found is None:
            known = self._start(model)
            most = min(known or self._total, self._total)
            # 已知的上限不必一开始就去碰
            patience = LATEST if known else SOONEST
            found = Limit(most, self._total, patience=patience)
            self._limits[key.number, model] = found
        return found
