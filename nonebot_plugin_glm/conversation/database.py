"""数据库：打开、迁移，读写都在一个线程里依次进行。

同步的 SQLAlchemy 放在线程里，一次往返做完一个事务；异步的驱动每条语句都要往返
几次，量下来读一次、存一轮要多花三倍的 CPU 时间，而且在语句中途被取消时会留下没有
结束的事务。线程里的事务一旦开始就做到底，先来的先做。
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ..exception import StoreError
from .tables import SCHEMA_VERSION, VERSION_TABLE

BUSY_SECONDS = 10
"""另一个进程占着数据库时最多等多久。"""

T = TypeVar("T")


class Database:
    """一个已经迁移到最新结构的数据库。"""

    def __init__(self, engine: Engine, worker: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._worker = worker
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> Database:
        """打开 SQLite 文件，没有就新建，旧的结构就地迁移。

        异常:
            StoreError: 打不开，或结构比本插件新
        """
        # SQLite 只容一个写者，一个线程正好让读写各归其位
        worker = ThreadPoolExecutor(1, thread_name_prefix="glm-database")
        database = cls(_engine(path), worker)
        try:
            await database._run(lambda: database._prepare(path))
        except BaseException:
            await database.aclose()
            raise
        return database

    async def read(self, work: Callable[[Connection], T]) -> T:
        """在线程里读；等的人被取消时不再等。

        异常:
            StoreError: 读不出
        """
        return await self._run(lambda: self._read(work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        """在线程里做一个写事务：要么全部生效，要么全不生效。

        等的人被取消时，还没开始的不再做，开始了的做到底。

        异常:
            StoreError: 写不进
        """
        return await self._run(lambda: self._write(work))

    async def aclose(self) -> None:
        """做完在做的，关闭连接与线程；再关一次没有害处。"""
        if self._closed:
            return
        self._closed = True
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._worker, self._engine.dispose)
        self._worker.shutdown()

    async def _run(self, work: Callable[[], T]) -> T:
        if self._closed:
            raise StoreError("历史已经关闭")
        with _as_store_error():
            return await asyncio.get_running_loop().run_in_executor(self._worker, work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return work(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            connection.execution_options(immediate=True)
            with connection.begin():
                return work(connection)

    def _prepare(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._read(_use_wal)
        if self._read(_schema_version) != SCHEMA_VERSION:
            self._write(_upgrade)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_reset_on_return=None,
        # 异常的文本里不带语句的参数，那是人说的话
        hide_parameters=True,
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(dbapi_connection: object, _: object) -> None:
    # 驱动自己的隐式 BEGIN 会让读事务在写时升级失败，所以事务由 _begin_immediate 开
    dbapi_connection.isolation_level = None  # pyright: ignore[reportAttributeAccessIssue]
    cursor = dbapi_connection.cursor()  # pyright: ignore[reportAttributeAccessIssue]
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    # FULL 让每次提交都落盘：断电也不丢已经回答的轮
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    # 删去的当场用零盖掉，不等那一页再被用到
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _use_wal(connection: Connection) -> None:
    """改用 WAL，它记在文件里；几个进程同时改时 SQLite 不等待就报 locked。"""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL").close()
            return
        except OperationalError as exc:
            if "locked" not in str(exc.orig) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _schema_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def _upgrade(connection: Connection) -> None:
    # Alembic 要三百毫秒才能导入，而平时的启动用不上它
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    if _schema_version(connection) == SCHEMA_VERSION:  # 别的进程刚刚迁移好
        return
    config = Config()
    location = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", location)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StoreError("数据库的结构比本插件新，请升级插件") from exc


@contextmanager
def _as_store_error() -> Iterator[None]:
    """把数据库的异常变成 StoreError；SQLite 的操作错误说得出缘由，也不带数据。

    装不进的值（落单的代理、太大的整数）由驱动拒绝，异常不属于 SQLAlchemy。
    """
    try:
        yield
    except OperationalError as exc:
        raise StoreError(str(exc.orig)) from exc
    except (SQLAlchemyError, OSError, UnicodeError, OverflowError) as exc:
        raise StoreError(type(exc).__name__) from exc
