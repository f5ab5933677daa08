"""坏了的数据库：认出来，移到一边原样留着，换一个新的接着用。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from ..exception import StoreError
from .tables import conversations, turns

DamageReport = Callable[[Path], None]
"""坏了的文件移到了哪里；在事件循环里调用。"""

T = TypeVar("T")

# 结果码 SQLITE_CORRUPT 与 SQLITE_NOTADB 的文案；Python 3.11 才看得到码本身
_DAMAGED = ("malformed", "not a database")
FILES = ("-wal", "-shm", "")
"""一个库的几个文件；库本身最后移：停在半路也不会有旧的 -wal 被当成新库的。"""


class Rescue:
    """替坏了的库换一个新的；只有一个线程在用库时才可以。

    参数:
        path: 数据库文件
        engine: 它的连接
        start: 建好新库
        report: 移开之后告诉谁
    """

    def __init__(
        self,
        path: Path,
        engine: Engine,
        start: Callable[[], None],
        report: DamageReport,
    ) -> None:
        self._path = path
        self._engine = engine
        self._start = start
        self._report = report
        self._loop = asyncio.get_running_loop()

    def carry_out(self, work: Callable[[], T], *, again: bool) -> T:
        """做一件事；库坏了就换新的，`again` 为真时在新库里重做。

        照着旧库里的编号写的不能重做。

        异常:
            StoreError: 库换了新的，这件事没有做成
        """
        try:
            return work()
        except DatabaseError as exc:
            if not _is_damage(exc):
                raise
        # 重开一次再认定：别的进程也许刚刚换上了新的
        self._engine.dispose()
        try:
            return work()
        except DatabaseError as exc:
            if not _is_damage(exc):
                raise
            self._replace()
            if not again:
                raise StoreError("数据库坏了，已经换上新的") from exc
        return work()

    def _replace(self) -> None:
        self._engine.dispose()
        aside = _set_aside(self._path)
        self._loop.call_soon_threadsafe(self._report, aside)
        self._start()
        with self._engine.begin() as connection:
            _skip_numbers(connection)


def _is_damage(error: DatabaseError) -> bool:
    return any(words in str(error.orig) for words in _DAMAGED)


def _set_aside(path: Path) -> Path:
    """把文件改名，返回新的名字；-wal 与 -shm 一起，日后还能合起来打开。"""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    count = 1
    while aside.exists():
        count += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{count}")
    for ending in FILES:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(
                aside.with_name(aside.name + ending)
            )
    return aside


def _skip_numbers(connection: Connection) -> None:
    """新库里的编号从很大的数开始：正在回答的还拿着旧库的编号，不会认错。"""
    for table in (turns, conversations):
        connection.exec_driver_sql(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
            (table.name, int(time.time())),
        )
