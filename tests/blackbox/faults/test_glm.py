"""GLM 一侧的故障。"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM, faults
from tests.real_bot import QQ, BotProcess

from ..conftest import Launch
from .book import Book
from .procedure import USER, undergo
from .trials import SLOW_TRIALS, TRIALS, Trial


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
async def test_each(frail: QQ, glm: FakeGLM, book: Book, trial: Trial) -> None:
    """一句话，下一问照常，历史照次序。"""
    book.note(trial.name, await through(frail, glm, trial))


async def through(qq: QQ, glm: FakeGLM, trial: Trial) -> str:
    """让一种故障发生一遍。"""
    return await undergo(
        qq,
        glm,
        lambda: glm.always(trial.make()),
        lambda: glm.always(None),
        saved=trial.answered,
    )


async def test_slow_ones(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """慢的：等到超时。"""
    bot = await launch(
        GLM_MAX_RETRIES="0", GLM_FALLBACK_MODELS="[]", GLM_READ_TIMEOUT="2"
    )
    for number, trial in enumerate(SLOW_TRIALS):
        qq = await bot.connect(30_001 + number)
        book.note(trial.name, await through(qq, glm, trial))


async def test_one_byte_a_second(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """每次都等得到一点，总也写不完：整个回答有期限。"""
    bot = await launch(GLM_MAX_RETRIES="0", GLM_FALLBACK_MODELS="[]", GLM_TIMEOUT="5")
    qq = await bot.connect()

    def begin() -> None:
        glm.answer, glm.chunk_size, glm.chunk_delay = "慢" * 300, 1, 1.0

    def end() -> None:
        glm.answer, glm.chunk_size, glm.chunk_delay = echo, 4, 0.0

    echo = glm.answer
    book.note("一秒一个字", await undergo(qq, glm, begin, end, saved=False))


async def test_refused_connection(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """没有人在听：说一句，机器人活着。"""
    bot = await launch(GLM_MAX_RETRIES="0", GLM_BASE_URL="http://127.0.0.1:9/x")
    qq = await bot.connect()
    seen = (await qq.talk(USER, "连得上吗")).text
    assert (await qq.talk(USER, "再问一遍")).text == seen
    book.note("连接被拒绝", seen)


async def test_clock_an_hour_off(frail: QQ, glm: FakeGLM, book: Book) -> None:
    """GLM 的钟快一小时：照它的钟重签，人只看到回答。"""

    def set_clock(skew: float) -> None:
        glm.clock_skew = skew

    seen = await undergo(
        frail, glm, lambda: set_clock(3600), lambda: set_clock(0), saved=True
    )
    book.note("钟差一小时", seen)


@pytest.mark.skipif(sys.platform != "linux", reason="内存看 /proc")
async def test_huge_body_is_not_kept(
    frail_bot: BotProcess, frail: QQ, glm: FakeGLM
) -> None:
    """100 MB 的回应只读到上限：内存的顶峰没有跟着涨。"""
    await frail.talk(USER, "先问一句")
    before = peak(frail_bot.pid)
    glm.script(faults.Raw(200, b" " * 100 * 1024 * 1024))
    await frail.talk(USER, "多大")
    assert peak(frail_bot.pid) - before < 80 * 1024


def peak(pid: int) -> int:
    """进程内存的顶峰，KB。"""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1])
