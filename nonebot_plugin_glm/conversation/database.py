"""数据库：打开、迁移，读写都在一个线程里依次进行。

同步的 SQLAlchemy 放在线程里，一次往返做完一个事务；异步的驱动每条语句都要往返
几次，量下来读一次、存一轮要多花三倍的 CPU 时间，而且在语句中途被取消时会留下没有
结束的事务。线程里的事务一旦开始就做到底，先来的先做。
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from ..domain import ConversationKey
from ..exception import StoreError
from .backend import Backend
from .batch import WriteQueue
from .damage import DamageReport, Rescue
from .failures import as_store_error
from .migrating import bring_up, schema_version
from .sqlite import SQLite
from .tables import SCHEMA_VERSION

T = TypeVar("T")
WriteReport = Callable[[Sequence[ConversationKey] | None], None]
"""要写了，会动到这些会话；不知道会动到谁是 `None`。"""


class Database:
    """一个已经迁移到最新结构的数据库。"""

    def __init__(self, backend: Backend, worker: ThreadPoolExecutor) -> None:
        self._backend = backend
        self._worker = worker
        self._rescue: Rescue | None = None
        self._writes = WriteQueue(partial(_within, backend.writing))
        self._closed = False
        self.on_write: WriteReport = lambda touched: None
        """每次写之前、换了新库之后，在事件循环里告诉它"""

    @classmethod
    async def open(
        cls, where: Path | str, on_damage: DamageReport | None = None
    ) -> Database:
        """打开数据库，旧的结构就地迁移。

        参数:
            where: SQLite 文件，没有就新建；或 PostgreSQL 的地址
            on_damage: 文件坏了就移开、换新的，告诉它移到了哪里；没有就不动坏的文件

        异常:
            StoreError: 打不开，或结构比本插件新
        """
        # SQLite 只容一个写者，一个线程正好让读写各归其位
        worker = ThreadPoolExecutor(1, thread_name_prefix="glm-database")
        database = cls(_backend(where), worker)
        if on_damage is not None and isinstance(where, Path):
            database._rescue = database._rescued(where, on_damage)
        try:
            await database._run(database._prepare)
        except BaseException:
            await database.aclose()
            raise
        return database

    @property
    def shared(self) -> bool:
        """别的机器人进程会不会也在用。"""
        return self._backend.shared

    async def read(self, work: Callable[[Connection], T]) -> T:
        """在线程里读；等的人被取消时不再等。

        异常:
            StoreError: 读不出
        """
        return await self._run(lambda: _within(self._backend.reading, work))

    async def snapshot(self, work: Callable[[Connection], T]) -> T:
        """同 `read`，各条语句看同一刻。

        异常:
            StoreError: 读不出
        """
        return await self._run(lambda: _within(self._backend.snapshot, work))

    async def write(
        self,
        work: Callable[[Connection], T],
        touched: Sequence[ConversationKey] | None = None,
        *,
        again: bool = False,
    ) -> T:
        """在线程里写：要么全部生效，要么全不生效；等着的几个写一起提交。

        等的人被取消时，还没开始的不再做，开始了的做到底。

        参数:
            work: 写什么；同一批里别的做不成时会重来一遍
            touched: 只动到这些会话；`None` 是不知道
            again: 库坏了，可以在新库里重做：不照着旧库里的编号

        异常:
            StoreError: 写不进
        """
        self.on_write(touched)
        write = self._writes.add(work)
        try:
            return await self._run(lambda: self._writes.finish(write), again=again)
        except BaseException:
            write.dropped = True
            raise

    async def scrub(self) -> None:
        """删去的一个字节也不留，尽数据库所能。

        异常:
            StoreError: 没有做成
        """
        await self.read(self._backend.scrub)
        await self.empty_log()

    async def empty_log(self) -> None:
        """预写日志里也不留。

        异常:
            StoreError: 没有做成
        """
        await self.read(self._backend.empty_log)

    async def using(self, work: Callable[[Backend], T]) -> T:
        """在线程里用数据库，读写之外的。

        异常:
            StoreError: 没有做成
        """
        return await self._run(lambda: work(self._backend))

    def use_soon(self, work: Callable[[Backend], object]) -> None:
        """同 `using`，不等它做完；已经关闭就不做。"""
        if not self._closed:
            self._worker.submit(work, self._backend)

    async def aclose(self) -> None:
        """做完在做的，关闭连接与线程；再关一次没有害处。"""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._worker, self._backend.close)
        self._worker.shutdown()

    async def _run(self, work: Callable[[], T], *, again: bool = True) -> T:
        if self._closed:
            raise StoreError("历史已经关闭")
        if self._rescue is not None:
            work = partial(self._rescue.carry_out, work, again=again)
        with as_store_error():
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _rescued(self, path: Path, on_damage: DamageReport) -> Rescue:
        def report(aside: Path) -> None:
            self.on_write(None)
            on_damage(aside)

        return Rescue(path, self._backend.engine, self._prepare, report)

    def _prepare(self) -> None:
        self._backend.prepare()
        if _within(self._backend.reading, schema_version) != SCHEMA_VERSION:
            _within(self._backend.writing, bring_up)


def _backend(where: Path | str) -> Backend:
    if isinstance(where, Path):
        return SQLite(where)
    from .postgresql import PostgreSQL

    return PostgreSQL(where)


def _within(
    opened: Callable[[], AbstractContextManager[Connection]],
    work: Callable[[Connection], T],
) -> T:
    with opened() as connection:
        return work(connection)
