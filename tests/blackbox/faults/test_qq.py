"""QQ 一侧的故障。"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, UNANSWERED, BotProcess

from ..conftest import Launch
from ..patience import wait_until
from .book import Book
from .procedure import AFTER, BEFORE, DURING, USER, spoken, told, undergo, watched


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
    bot: BotProcess, qq: QQ, glm: FakeGLM, book: Book
) -> None:
    """答到一半 QQ 断了，答完了才又连上：回答送到，历史照次序。"""
    await told(qq, BEFORE)
    back: list[QQ] = []

    async def vanish() -> str:
        glm.hold(2)
        await qq.private(USER, DURING)
        await glm.wait_for_chats(2)
        await qq.close()
        glm.release()
        await wait_until(lambda: not glm.in_flight)
        back.append(await bot.connect(qq.self_id))
        return (await back[0].next(30)).text

    seen = await watched(glm, vanish())
    assert seen.text == f"收到：{DURING}"
    await told(back[0], AFTER)
    assert spoken(glm) == [BEFORE, f"收到：{BEFORE}", DURING, seen.text, AFTER]
    await back[0].close()
    book.note("答到一半 QQ 断了又连上", seen)
