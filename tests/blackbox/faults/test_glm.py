"""GLM 一侧的故障。"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM, faults
from tests.real_bot import QQ, BotProcess

from ..conftest import SUPERUSER, Launch, Tune
from ..patience import wait_until
from ..sentence import check_sentence
from .book import Book
from .procedure import AFTER, BEFORE, DURING, USER, Seen, spoken, told, undergo, watched
from .trials import SLOW_TRIALS, TRIALS, Trial

NOTICE = "没有别的密钥可换"
RESET = "2025-12-21 15:00:05"


@pytest.mark.row(8, 9, 10, 11, 12, 13)
@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
async def test_each(quick: QQ, glm: FakeGLM, book: Book, trial: Trial) -> None:
    """两个人同时问：各一句话，请求数不多不少，下一问照常，历史照次序。"""
    owner: list[str] = []

    async def ask(qq: QQ, words: str) -> str:
        for_member, for_owner = await both_told(qq, words, trial.notices)
        owner.append(for_owner)
        return for_member

    await quick.talk(SUPERUSER, BEFORE)
    seen = await through(quick, glm, trial, ask)
    requests, odd = divmod(seen.requests, 2)
    assert not odd
    check_words(trial, seen.text, owner[0])
    assert trial.requests in (None, requests)
    book.note(trial.name, replace(seen, requests=requests))


def check_words(trial: Trial, for_member: str, for_owner: str) -> None:
    """各人该看到的与不该看到的。"""
    for words in () if trial.answered else (for_member, for_owner):
        check_sentence(words)
        assert not trial.hidden or trial.hidden not in words
    assert not trial.code or trial.code not in for_member
    assert trial.code in for_owner
    fault = trial.make()
    if isinstance(fault, faults.Error) and RESET in fault.text():
        assert RESET in for_member


async def both_told(qq: QQ, words: str, notices: int) -> tuple[str, str]:
    """成员与主人同时问，各听到什么；该告诉主人的说 `notices` 次。"""
    for user in (USER, SUPERUSER):
        await qq.private(user, words)
    heard = await qq.collect(2 + notices)
    said = {sent.user_id: sent.text for sent in heard if NOTICE not in sent.text}
    noticed = [sent.user_id for sent in heard if NOTICE in sent.text]
    assert noticed == [SUPERUSER] * notices
    return said[USER], said[SUPERUSER]


async def through(
    qq: QQ, glm: FakeGLM, trial: Trial, ask: Callable[[QQ, str], Awaitable[str]] = told
) -> Seen:
    """让一种故障发生一遍。"""
    return await undergo(
        qq,
        glm,
        lambda: glm.always(trial.make()),
        lambda: glm.always(None),
        saved=trial.answered,
        ask=ask,
    )


async def test_slow_ones(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """慢的一起问：各等到超时，没有请求还开着，下一问照常，历史照次序。"""
    bot = await launch(
        GLM_MAX_RETRIES="0", GLM_FALLBACK_MODELS="[]", GLM_READ_TIMEOUT="2"
    )
    accounts = [await bot.connect(30_001 + n) for n in range(len(SLOW_TRIALS))]
    for qq in accounts:
        await told(qq, BEFORE)
    asking: list[asyncio.Task[Seen]] = []
    before = len(glm.chats)
    for qq, trial in zip(accounts, SLOW_TRIALS, strict=True):
        glm.script(trial.make())
        asking.append(asyncio.create_task(watched(glm, told(qq, DURING))))
        await glm.wait_for_chats(before + len(asking))
    for trial, seen in zip(SLOW_TRIALS, await asyncio.gather(*asking), strict=True):
        check_sentence(seen.text)
        book.note(trial.name, replace(seen, requests=1))
    assert len(glm.chats) == before + len(SLOW_TRIALS)
    await wait_until(lambda: not glm.in_flight)
    for qq in accounts:
        assert await told(qq, AFTER) == f"收到：{AFTER}"
        assert spoken(glm) == [BEFORE, f"收到：{BEFORE}", AFTER]


async def test_one_byte_a_second(qq: QQ, glm: FakeGLM, book: Book, tune: Tune) -> None:
    """每次都等得到一点，总也写不完：整个回答有期限。"""
    await tune(GLM_TIMEOUT="3")

    def begin() -> None:
        glm.answer, glm.chunk_size, glm.chunk_delay = "慢" * 300, 1, 1.0

    def end() -> None:
        glm.answer, glm.chunk_size, glm.chunk_delay = echo, 4, 0.0

    echo = glm.answer
    seen = await undergo(qq, glm, begin, end, saved=False)
    check_sentence(seen.text)
    await wait_until(lambda: not glm.in_flight)
    book.note("一秒一个字", seen)


async def test_refused_connection(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """没有人在听：各说一句，主人也只看到缘由；机器人活着。"""
    bot = await launch(GLM_MAX_RETRIES="1", GLM_BASE_URL="http://127.0.0.1:9/x")
    qq = await bot.connect()
    seen = await watched(glm, told(qq, "连得上吗"))
    assert await told(qq, "再问一遍") == seen.text
    for words in (seen.text, (await qq.talk(SUPERUSER, "有人吗")).text):
        check_sentence(words)
    assert "无法确认" in await told(qq, "/glm status")
    book.note("连接被拒绝", seen)


async def test_clock_an_hour_off(quick: QQ, glm: FakeGLM, book: Book) -> None:
    """GLM 的钟快一小时：令牌留足了两小时，照样认。"""

    def set_clock(skew: float) -> None:
        glm.clock_skew = skew

    seen = await undergo(
        quick, glm, lambda: set_clock(3600), lambda: set_clock(0), saved=True
    )
    book.note("钟差一小时", seen)


@pytest.mark.skipif(sys.platform != "linux", reason="内存看 /proc")
async def test_huge_body_is_not_kept(
    quick_bot: BotProcess, quick: QQ, glm: FakeGLM
) -> None:
    """100 MB 的回应只读到上限：内存的顶峰没有跟着涨。"""
    await told(quick, "先问一句")
    before = peak(quick_bot.pid)
    glm.script(faults.Raw(200, b" " * 100 * 1024 * 1024))
    await told(quick, "多大")
    assert peak(quick_bot.pid) - before < 80 * 1024


def peak(pid: int) -> int:
    """进程内存的顶峰，KB。"""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1])
