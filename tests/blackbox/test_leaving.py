"""SIGTERM：在答的答完再走，或整个作罢；进程按时退出。"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from .conftest import Launch

GROUP, ASKER, NEXT, LATE = 700, 701, 702, 703
FIRST, REST = "先说的一段，写完就发出去了。", "后说的一段，信号来的时候还没有写。"
ANSWER = f"{FIRST}\n\n{REST}"
SORRY = "机器人要重启了，这个提问没能答完，请过一会儿再问。"
PATIENT, LIMIT = 600.0, 60.0
"""等得久的设置；不等的要在这么多秒里退出（平时不到一秒，机器再忙也该够了）。"""


def hold_halfway(glm: FakeGLM) -> None:
    """接下来的回答只说出第一段，余下的等放行。"""
    glm.answer, glm.chunk_size = ANSWER, len(FIRST) + 4
    glm.hold(chunks=1)


async def heard(qq: QQ, user: int, words: str) -> str:
    """`user` 在群里 @ 机器人说话，听到的下一句。"""
    await qq.ask(GROUP, user, words)
    return (await qq.next(LIMIT)).text


def turns_in(directory: Path) -> list[tuple[str, str]]:
    """数据库文件里的问与答。"""
    [file] = directory.rglob("glm.db")
    with closing(sqlite3.connect(file)) as database:
        return database.execute("SELECT question, answer FROM glm_turn").fetchall()


async def test_answer_in_progress_is_finished(launch: Launch, glm: FakeGLM) -> None:
    """说到一半时停止：说完、存好才退出；排着队的与新来的各得一句，历史里没有它们。"""
    bot = await launch(GLM_SHUTDOWN_SECONDS=str(PATIENT))
    qq = await bot.connect()
    hold_halfway(glm)
    assert await heard(qq, ASKER, "问") == FIRST
    await qq.ask(GROUP, NEXT, "排着队的")
    await qq.ask(GROUP + 1, NEXT, "/glm status")
    await qq.next(LIMIT)  # 前一条必定已经排上
    bot.send_signal(signal.SIGTERM)
    assert (await qq.next(LIMIT)).text == SORRY
    assert await heard(qq, LATE, "新来的") == SORRY
    await qq.ask(GROUP, LATE, "又一句")  # 同一个人只告诉一次
    glm.release()
    assert (await qq.next(LIMIT)).text == REST
    await bot.gone(LIMIT)
    assert await qq.silence(0)
    await bot.stop()
    await bot.start()
    qq = await bot.connect()
    await heard(qq, ASKER, "再来")
    assert len(glm.chats) == 2
    asked, answered, _ = glm.chats[-1]["messages"][1:]
    assert asked["content"].endswith(" 问")
    assert answered["content"] == ANSWER
    bot.send_signal(signal.SIGTERM)  # 闲着的立即就走
    await bot.gone(LIMIT)


async def test_endless_answer_is_dropped(launch: Launch, glm: FakeGLM) -> None:
    """GLM 总也答不完：到时就走，说了一半的与没说的都交代一句，历史里什么也没有。"""
    bot = await launch(GLM_SHUTDOWN_SECONDS="0.5")
    qq = await bot.connect()
    hold_halfway(glm)
    assert await heard(qq, ASKER, "问") == FIRST
    glm.delay = 3600
    await qq.private(NEXT, "还没有答的")
    await glm.wait_for_chats(2, LIMIT)
    started = time.monotonic()
    bot.send_signal(signal.SIGTERM)
    await bot.gone(LIMIT)
    assert time.monotonic() - started >= 0.5
    assert [sent.text for sent in await qq.collect(2, LIMIT)] == [SORRY, SORRY]
    assert turns_in(bot.directory) == []


async def test_second_signal_is_obeyed_at_once(launch: Launch, glm: FakeGLM) -> None:
    """再按一次 Ctrl+C 就不等了，历史里没有没答完的。"""
    bot = await launch(GLM_SHUTDOWN_SECONDS=str(PATIENT))
    qq = await bot.connect()
    hold_halfway(glm)
    assert await heard(qq, ASKER, "问") == FIRST
    bot.send_signal(signal.SIGINT)
    assert await heard(qq, LATE, "新来的") == SORRY
    bot.send_signal(signal.SIGINT)
    await bot.gone(LIMIT)
    assert turns_in(bot.directory) == []


async def test_forward_websocket(launch: Launch, glm: FakeGLM) -> None:
    """`~none` 驱动器，机器人去连客户端：同样说完才走。"""
    clients: asyncio.Queue[QQ] = asyncio.Queue()

    async def accept(socket: ServerConnection) -> None:
        qq = QQ(socket, 10000)
        await qq.push(
            post_type="meta_event", meta_event_type="lifecycle", sub_type="connect"
        )
        clients.put_nowait(qq)
        await socket.wait_closed()

    async with serve(accept, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        bot = await launch(
            DRIVER="~none+~websockets",
            ONEBOT_WS_URLS=f'["ws://127.0.0.1:{port}"]',
            GLM_SHUTDOWN_SECONDS=str(PATIENT),
        )
        qq = await asyncio.wait_for(clients.get(), LIMIT)
        hold_halfway(glm)
        assert await heard(qq, ASKER, "问") == FIRST
        bot.send_signal(signal.SIGTERM)
        assert await heard(qq, LATE, "新来的") == SORRY
        glm.release()
        assert (await qq.next(LIMIT)).text == REST
        await bot.gone(LIMIT)
