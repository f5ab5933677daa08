"""SIGKILL 之后历史完整：回答一到就杀掉，重启后下一问带着它。"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crashes.ordeal import Ordeal
from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, UNANSWERED, BotProcess

from .conftest import Launch, check_remains, settings_for
from .patience import wait_until

GROUP, USER = 400, 401
ROUNDS = 3


async def ask_everywhere(qq: QQ, words: str) -> list[str]:
    """同时在一个群、另一个群与两个私聊里问，等到都有回答，返回问过的话。"""
    await qq.ask(GROUP, USER, f"{words}甲群")
    await qq.ask(GROUP + 1, USER, f"{words}乙群")
    await qq.private(USER, f"{words}私聊")
    await qq.private(USER + 1, f"{words}别人")
    await qq.collect(4)
    return [f"{words}{place}" for place in ("甲群", "乙群", "私聊", "别人")]


@pytest.mark.row(4)
async def test_kill_right_after_answers(launch: Launch, glm: FakeGLM) -> None:
    """几轮：四个会话的回答一到就杀掉、重启，每一问都带着此前所有的轮。"""
    bot = await launch()
    for lap in range(ROUNDS):
        if lap:
            await bot.start()
        qq = await bot.connect()
        glm.chats.clear()
        await ask_everywhere(qq, f"第{lap}次")
        await bot.kill()
        assert len(glm.chats) == 4
        for chat in glm.chats:
            messages = [m for m in chat["messages"] if m["role"] != "system"]
            place = messages[-1]["content"][-2:]
            questions = [m["content"] for m in messages[::2]]
            assert [q[-5:] for q in questions] == [
                f"第{i}次{place}" for i in range(lap + 1)
            ]
            assert all(m["content"].startswith("收到：") for m in messages[1::2])


async def test_kill_while_answering(launch: Launch, glm: FakeGLM) -> None:
    """正在回答时杀掉：重启后这一问没有痕迹，此前的还在。"""
    bot = await launch()
    qq = await bot.connect()
    await qq.talk(USER, "答完的")
    glm.hold()
    await qq.private(USER, "没答完的")
    await glm.wait_for_chats(2)
    await bot.kill()
    glm.release()
    await bot.start()
    qq = await bot.connect()
    await qq.talk(USER, "再来")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["答完的", "收到：答完的", "再来"]


async def test_stop_while_answering(launch: Launch, glm: FakeGLM) -> None:
    """`GLM_SHUTDOWN_SECONDS=0`，正在问、正在发时停止：很快退出，不等应答，历史完整。"""
    bot = await launch()
    qq = await bot.connect()
    await qq.talk(USER, "答完的")
    glm.hold()
    await qq.private(USER, "没答完的")
    await glm.wait_for_chats(2)
    await asyncio.wait_for(bot.stop(), 10)
    glm.release()
    await bot.start()
    qq = await bot.connect()
    await qq.talk(USER, "再来")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["答完的", "收到：答完的", "再来"]
    qq.respond = lambda action, _: UNANSWERED
    glm.hold()
    await qq.private(USER, "没送到的")
    await qq.private(USER + 1, "正在输入")
    await glm.wait_for_chats(5)
    glm.release()
    await wait_until(lambda: "没送到的" in str(qq.calls))
    await asyncio.wait_for(bot.stop(), 10)


async def test_random_kills(tmp_path: Path, glm: FakeGLM) -> None:
    """几处同时聊着，随机的一刻杀掉，几次：不丢、不重、不残缺；二百次的见 README。"""
    bot = BotProcess(tmp_path, settings_for(glm))
    ordeal = Ordeal(bot, glm, seed=20)
    seen = await ordeal.run(3)
    assert not seen.problems
    assert seen.turns >= seen.readings > 0
    assert seen.requests > 0
    check_remains(bot)
