"""数据库：打开、迁移，读写都在一个线程里依次进行。

同步的 SQLAlchemy 放在线程里，一次往返做完一个事务；异步的驱动每条语句都要往返
几次，量下来读一次、存一轮要多花三倍的 CPU 时间，而且在语句中途被取消时会留下没有
结束的事务。线程里的事务一旦开始就做到底，先来的先做。
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ..domain import ConversationKey
from ..exception import StoreError
from .backend import Backend
from .damage import DamageReport, Rescue
from .migrating import bring_up, schema_version
from .sqlite import SQLite
from .tables import SCHEMA_VERSION

_SOONEST, _LATEST = 0.05, 0.5
"""别的进程占着会话时，隔多少秒再看一次：越等越疏。"""

T = TypeVar("T")


class Database:
    """一个已经迁移到最新结构的数据库。"""

    def __init__(self, backend: Backend, worker: ThreadPoolExecutor) -> None:
        self._backend = backend
        self._worker = worker
        self._rescue: Rescue | None = None
        self._closed = False

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
            engine, prepare = database._backend.engine, database._prepare
            database._rescue = Rescue(where, engine, prepare, on_damage)
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

    async def write(self, work: Callable[[Connection], T]) -> T:
        """在线程里做一个写事务：要么全部生效，要么全不生效。

        等的人被取消时，还没开始的不再做，开始了的做到底。

        异常:
            StoreError: 写不进
        """
        return await self._run(
            lambda: _within(self._backend.writing, work), again=False
        )

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

    @asynccontextmanager
    async def claim(self, key: ConversationKey) -> AsyncIterator[None]:
        """占住一个会话，别的进程都等着；进程没了就自己让出来。

        同一进程里的先后由调用者管：已经占着时不能再占。

        异常:
            StoreError: 连不上
        """
        if not self.shared:
            yield
            return
        number, pause = _number(key), _SOONEST
        try:
            while not await self._run(lambda: self._backend.try_claim(number)):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LATEST)
            yield
        finally:
            # 不等它：在途的 `try_claim` 与之后的都在同一个线程里，次序不会乱
            if not self._closed:
                self._worker.submit(self._backend.give_up, number)

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


def _number(key: ConversationKey) -> int:
    """会话的锁的号码，各个进程算出来都一样。"""
    digest = blake2b(repr(key).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@contextmanager
def as_store_error() -> Iterator[None]:
    """把数据库的异常变成 StoreError；操作错误说得出缘由，也不带数据。

    装不进的值（落单的代理、太大的整数）由驱动拒绝，异常不属于 SQLAlchemy。
    """
    try:
        yield
    except OperationalError as exc:
        raise StoreError(str(exc.orig)) from exc
    except (SQLAlchemyError, OSError, UnicodeError, OverflowError) as exc:
        raise StoreError(type(exc).__name__) from exc
