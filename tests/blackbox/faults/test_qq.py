"""QQ 一侧的故障。"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, UNANSWERED

from ..conftest import Launch
from .book import Book
from .procedure import AFTER, BEFORE, DURING, USER, undergo


@pytest.mark.parametrize("code", [100, 1200, 1404])
async def test_first_send_is_refused(
    qq: QQ, glm: FakeGLM, book: Book, code: int
) -> None:
    """第一次发送被拒绝：换法子送到，恰好一次。"""
    refused: dict[str, Any] = {"status": "failed", "retcode": code, "data": None}
    seen = await undergo(qq, glm, lambda: refuse_once(qq, refused), int, saved=True)
    book.note(f"发送接口回 {code}", seen)


def refuse_once(qq: QQ, reply: dict[str, Any]) -> None:
    """下一次发送这样应答。"""
    left = [reply]
    qq.respond = lambda action, _: (
        left.pop() if left and action.startswith("send_") else None
    )


async def test_send_times_out(launch: Launch, glm: FakeGLM, book: Book) -> None:
    """发送没有应答：超时之后换法子送到。"""
    bot = await launch(API_TIMEOUT="1")
    qq = await bot.connect()
    seen = await undergo(qq, glm, lambda: refuse_once(qq, UNANSWERED), int, saved=True)
    book.note("发送接口没有应答", seen)


async def test_client_vanishes_and_comes_back(
    launch: Launch, glm: FakeGLM, book: Book
) -> None:
    """答到一半 QQ 断了又连上：回答送到，历史照次序。"""
    bot = await launch()
    qq = await bot.connect()
    await qq.talk(USER, BEFORE)
    glm.chunk_size, glm.chunk_delay = 1, 0.3
    await qq.private(USER, DURING)
    await glm.wait_for_chats(2)
    await qq.close()
    qq = await bot.connect()
    seen = (await qq.next(30)).text
    assert seen == f"收到：{DURING}"
    glm.chunk_delay = 0
    await qq.talk(USER, AFTER)
    history = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert history == [BEFORE, f"收到：{BEFORE}", DURING, seen, AFTER]
    book.note("答到一半 QQ 断了又连上", seen)
