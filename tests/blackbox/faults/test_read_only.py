"""数据目录只读：说得清楚，别的照常，能写了就接着用。"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess

from ..conftest import Launch, check_remains
from ..sentence import check_sentence
from .book import Book
from .disks import mounted, on, remount, run
from .procedure import AFTER, BEFORE, DURING, USER, Seen, spoken, told, watched


async def test_from_the_start(
    small_disk: Path, launch: Launch, glm: FakeGLM, book: Book
) -> None:
    """一开始就只读：问的人听到一句，别的插件照常；能写了不必重启。"""
    remount(small_disk, "ro")
    bot = await launch(**on(small_disk))
    qq = await bot.connect()
    seen = await refused(bot, qq, glm)
    book.note("启动时数据目录只读，还没有数据库", seen)
    remount(small_disk, "rw")
    before = await asked(qq, BEFORE)
    await bot.stop()

    remount(small_disk, "ro")
    await bot.start()
    qq = await bot.connect()
    seen = await refused(bot, qq, glm)
    book.note("启动时数据目录只读，已有数据库", seen)
    remount(small_disk, "rw")
    await asked(qq, AFTER)
    assert spoken(glm) == [*before, AFTER]


async def refused(bot: BotProcess, qq: QQ, glm: FakeGLM) -> Seen:
    """问一句，没有问到 GLM；日志里又有一行说清楚在哪里。"""
    seen = await watched(glm, told(qq, DURING))
    check_sentence(seen.text)
    assert (await qq.talk(USER, "/ping")).text == "pong"
    check_line(bot, "历史打不开", str(bot.data / "nonebot_plugin_glm" / "glm.db"))
    return seen


async def test_disk_error_while_running(
    launch: Launch, glm: FakeGLM, book: Book, tmp_path: Path
) -> None:
    """开着的时候磁盘出错，内核改成只读：照样回答，说没有存下；换好了，历史都在。"""
    image = tmp_path / "image"
    image.write_bytes(b"\x00" * 4 * 1024 * 1024)
    if run("mkfs.ext4", "-q", "-F", str(image)):
        pytest.skip("没有 mkfs.ext4")
    device = ("-o", "loop", str(image))
    with mounted(tmp_path / "disk", *device) as disk:
        bot = await launch(**on(disk))
        qq = await bot.connect()
        before = await asked(qq, BEFORE)
        remount(disk, "abort")
        seen = await watched(glm, told(qq, DURING))
        assert DURING in seen.text
        assert await told(qq, AFTER) == seen.text.replace(DURING, AFTER)
        assert spoken(glm) == [*before, AFTER]
        check_line(bot, "这一轮没能存进历史", "磁盘")
        await bot.stop()
    with mounted(tmp_path / "disk", *device):
        await bot.start()
        await asked(await bot.connect(), AFTER)
        assert spoken(glm) == [*before, AFTER]
        await bot.stop()
        check_remains(bot)
    book.note("开着的时候磁盘变成只读", seen)


async def asked(qq: QQ, words: str) -> list[str]:
    """问一句，有回答；返回这一轮。"""
    answer = await told(qq, words)
    assert answer == f"收到：{words}"
    return [words, answer]


def check_line(bot: BotProcess, *words: str) -> None:
    """最后一次启动之后，日志里有一行写着这些。"""
    log = bot.log.rpartition("NoneBot is initializing")[2]
    assert any(all(w in line for w in words) for line in log.splitlines())
