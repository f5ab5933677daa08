"""SQLite：数据目录里的一个文件，一个进程用。"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from ..exception import StoreError

BUSY_SECONDS = 10
"""另一个进程占着数据库时最多等多久。"""


class SQLite:
    """一个 SQLite 文件，没有就新建。"""

    shared = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self.engine = _engine(path)

    def prepare(self) -> None:
        """建目录，改用 WAL。

        异常:
            StoreError: 目录建不成
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(f"目录建不成：{exc.strerror}") from exc
        with self.reading() as connection:
            _use_wal(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """读用的连接。"""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """写事务。"""
        with self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """各条语句看同一刻。"""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def scrub(self, connection: Connection) -> None:
        """把文件整个重写一遍。"""
        connection.exec_driver_sql("VACUUM")

    def empty_log(self, connection: Connection) -> None:
        """清空预写日志。"""
        checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)"
        busy, *_ = connection.exec_driver_sql(checkpoint).one()
        if busy:
            raise StoreError("别的进程正在读，预写日志没有清空")

    def try_claim(self, number: int) -> bool:
        """没有别的进程来争。"""
        return True

    def give_up(self, number: int) -> None:
        """没有占着什么。"""

    def tell(self, words: str) -> None:
        """没有别的进程可告诉。"""

    def heard(self) -> list[tuple[float, str]]:
        """没有别的进程说话。"""
        return []

    def close(self) -> None:
        """关闭连接。"""
        self.engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        pool_reset_on_return=None,
        # 异常的文本里不带语句的参数，那是人说的话
        hide_parameters=True,
    )
    event.listen(engine, "connect", _configure)
    return engine


def _configure(dbapi_connection: object, _: object) -> None:
    # 驱动自己的隐式 BEGIN 会让读事务在写时升级失败，所以写事务由 writing 开
    dbapi_connection.isolation_level = None  # pyright: ignore[reportAttributeAccessIssue]
    cursor = dbapi_connection.cursor()  # pyright: ignore[reportAttributeAccessIssue]
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    # WAL 加 FULL：每次提交都先 fsync 再返回，而回答的最后一段要等提交返回才送；
    # 所以机器断电，人读完的回答也在。NORMAL 只在整理 WAL 时才 fsync，断电会丢
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
