"""数据库：打开、迁移、一次一个写事务。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import anyio
from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..exception import StoreError
from .tables import SCHEMA_VERSION, VERSION_TABLE

BUSY_SECONDS = 10
"""另一个进程占着数据库时最多等多久。"""


class Database:
    """一个已经迁移到最新结构的数据库。"""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # SQLite 只容一个写者：在自己家里排队，胜过在数据库里撞上 SQLITE_BUSY
        self._write_lock = asyncio.Lock()

    @classmethod
    async def open(cls, path: Path) -> Database:
        """打开 SQLite 文件，没有就新建，旧的结构就地迁移。

        异常:
            StoreError: 打不开，或结构比本插件新
        """
        with _as_store_error():
            path.parent.mkdir(parents=True, exist_ok=True)
            # 异常的文本里不带语句的参数，那是人说的话
            engine = create_async_engine(
                f"sqlite+aiosqlite:///{path}",
                pool_reset_on_return=None,
                hide_parameters=True,
            )
            event.listen(engine.sync_engine, "connect", _configure_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_immediate)
            database = cls(engine)
            try:
                await database._migrate()
            except BaseException:
                await database.aclose()
                raise
        return database

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """只读的连接。"""
        with anyio.CancelScope(shield=True), _as_store_error():
            async with self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """写事务：正常离开时提交，异常时回滚；不会被中途取消。"""
        with anyio.CancelScope(shield=True), _as_store_error():
            async with self._write_lock, self._engine.connect() as connection:
                await connection.execution_options(immediate=True)
                async with connection.begin():
                    yield connection

    async def aclose(self) -> None:
        """关闭所有连接。"""
        await self._engine.dispose()

    async def _migrate(self) -> None:
        async with self.reading() as connection:
            if await connection.run_sync(_schema_version) == SCHEMA_VERSION:
                return
        async with self.writing() as connection:
            await connection.run_sync(_upgrade)


def _configure_sqlite(dbapi_connection: object, _: object) -> None:
    # 驱动自己的隐式 BEGIN 会让读事务在写时升级失败，所以事务由 _begin_immediate 开
    dbapi_connection.isolation_level = None  # pyright: ignore[reportAttributeAccessIssue]
    cursor = dbapi_connection.cursor()  # pyright: ignore[reportAttributeAccessIssue]
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL 让每次提交都落盘：断电也不丢已经回答的轮
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _schema_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    query = text(f"SELECT version_num FROM {VERSION_TABLE}")
    return connection.execute(query).scalar()


def _upgrade(connection: Connection) -> None:
    # Alembic 要三百毫秒才能导入，而平时的启动用不上它
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

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
    """把数据库的异常变成 StoreError；SQLite 的操作错误说得出缘由，也不带数据。"""
    try:
        yield
    except OperationalError as exc:
        raise StoreError(str(exc.orig)) from exc
    except (SQLAlchemyError, OSError) as exc:
        raise StoreError(type(exc).__name__) from exc
