"""写攒在一起：线程忙着的时候来的几个写，合在一个事务里提交。

一个写一个事务的话，每个都要落一次盘、多等几次解释器：一百个人同时问，一个回答的 CPU
要多花三分之一。一批里有一个做不成，整批作废，再各做各的，谁也不连累谁。
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection

T = TypeVar("T")


class Write(Generic[T]):
    """一个写。"""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.dropped = False
        """没有人等了：还没有开始就不做"""
        self.taken = False
        """已经离开队伍：它那一批做不成，就轮到它自己做"""
        self.done = False
        self.result: T | None = None


class WriteQueue:
    """等着的写，从先到后。

    参数:
        transact: 做一个事务，要么全部生效，要么全不生效
    """

    def __init__(self, transact: Callable[[Callable[[Connection], Any]], Any]) -> None:
        self._transact = transact
        self._waiting: deque[Write[Any]] = deque()

    def add(self, work: Callable[[Connection], T]) -> Write[T]:
        """排上一个写，之后要在线程里 `finish` 它。"""
        write = Write(work)
        self._waiting.append(write)
        return write

    def finish(self, write: Write[T]) -> T:
        """在线程里做完一个写，返回它的结果；别的等着的也一起做了。

        异常:
            Exception: 这个写做不成，没有生效
        """
        # 已经拿走过的自己做，不带上后来的：先来的要先做
        if not write.taken:
            batch = self._take()
            if len(batch) > 1:
                with suppress(Exception):  # 不知道怪谁：各做各的
                    self._carry_out(batch)
        if not write.done:
            self._carry_out([write])
        return cast("T", write.result)

    def _take(self) -> list[Write[Any]]:
        """等着的全部拿走；事件循环里还会有新的排上来。"""
        batch: list[Write[Any]] = []
        while self._waiting:
            write = self._waiting.popleft()
            write.taken = True
            if not write.dropped:
                batch.append(write)
        return batch

    def _carry_out(self, batch: list[Write[Any]]) -> None:
        results = self._transact(lambda connection: [w.work(connection) for w in batch])
        for write, result in zip(batch, results, strict=True):
            write.result, write.done = result, True
