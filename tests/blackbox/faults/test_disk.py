"""数据库与磁盘一侧的故障。"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess
from tests.spoiling import spoil_table

from ..conftest import SUPERUSER, Launch
from .book import Book
from .disks import on
from .procedure import DURING, undergo

NAME = re.compile(r"glm\.db\.damaged-\d{8}-\d{6}")


def database_of(directory: Path) -> Path:
    """数据目录里的数据库。"""
    (found,) = directory.rglob("glm.db")
    return found


async def test_damaged_while_running(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """开着的时候坏了：照样回答，坏的改名留着，日志里有名字，主人听到一次。"""
    bot = await launch()
    qq = await bot.connect()
    path: list[Path] = []

    def spoil() -> None:
        path.append(database_of(bot.directory))
        spoil_table(path[0], "glm_turn")

    seen = await undergo(qq, glm, spoil, lambda: None, saved=True, kept=False)
    check_told(bot, qq, path[0])
    book.note("数据库开着的时候坏了", seen)


async def test_damaged_at_startup(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """启动时已经坏了：换新的，主人听到一次。"""
    bot = await launch()
    qq = await bot.connect()
    await qq.talk(1, "建一个库")
    await bot.stop()
    path = database_of(bot.directory)
    path.write_bytes(b"not a database" * 999)
    await bot.start()
    qq = await bot.connect()
    seen = await undergo(qq, glm, lambda: None, lambda: None, saved=True)
    check_told(bot, qq, path)
    book.note("数据库启动前坏了", seen)


def check_told(bot: BotProcess, qq: QQ, path: Path) -> None:
    """名字在日志里，主人听到一次，文件真的在。"""
    told = [sent.text for sent in qq.sent if sent.user_id == SUPERUSER]
    (name,) = NAME.findall("".join(told))
    assert len(told) == 1
    assert name in bot.log
    assert path.with_name(name).exists()


async def test_locked_for_long(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """别的进程一直占着：回答照发，说没有存下。"""
    bot = await launch()
    qq = await bot.connect()
    other: list[sqlite3.Connection] = []

    def lock() -> None:
        connection = sqlite3.connect(database_of(bot.directory), isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        other.append(connection)

    seen = await undergo(qq, glm, lock, lambda: other[0].close(), saved=False)
    assert DURING in seen.text
    book.note("数据库被别的进程占着", seen)


async def test_full_disk(
    small_disk: Path, launch: Launch, glm: FakeGLM, book: Book
) -> None:
    """磁盘满了：回答照发，说没有存下；腾出来就照常。"""
    bot = await launch(**on(small_disk))
    qq = await bot.connect()
    ballast = small_disk / "ballast"

    def fill() -> None:
        with suppress(OSError), ballast.open("wb", 0) as file:
            while file.write(b"\x00" * 4096):
                continue

    seen = await undergo(qq, glm, fill, ballast.unlink, saved=False)
    assert DURING in seen.text
    with closing(sqlite3.connect(database_of(small_disk))) as connection:
        assert next(connection.execute("PRAGMA integrity_check")) == ("ok",)
    book.note("磁盘满了", seen)
