"""好公民：不抢别的插件的命令，不和自己说话，不把频道当私聊。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, Segments, at, text

GROUP, USER = 102, 21


@pytest.mark.row(25)
@pytest.mark.parametrize("mention", [False, True])
async def test_group_command_of_another_plugin(
    qq: QQ, glm: FakeGLM, mention: bool
) -> None:
    """`/ping` 与 `@机器人 /ping` 都恰好到达别的插件一次，GLM 一次也没有。"""
    message: Segments = [at(qq.self_id), text(" /ping")] if mention else [text("/ping")]
    await qq.group(GROUP, USER, message)
    assert (await qq.next()).text == "pong"
    assert await qq.silence(0.3)
    assert not glm.requests


@pytest.mark.parametrize("words", ["/ping", "  /ping", "/nosuch", "/"])
async def test_private_commands_are_not_questions(
    qq: QQ, glm: FakeGLM, words: str
) -> None:
    """私聊里的命令也不问 GLM，不论有没有插件认得。"""
    await qq.private(USER, words)
    if "/ping" in words:
        assert (await qq.next()).text == "pong"
    assert await qq.silence(0.3)
    assert not glm.requests


@pytest.mark.row(26)
async def test_ping_is_not_delayed_by_an_answer(qq: QQ, glm: FakeGLM) -> None:
    """正在回答时别的插件照常应答。"""
    glm.hold()
    await qq.ask(GROUP, USER, "慢慢想")
    await glm.wait_for_chats(1)
    await qq.group(GROUP, USER, [text("/ping")])
    assert (await qq.next()).text == "pong"
    glm.release()
    assert (await qq.next()).text.endswith("慢慢想")


async def test_own_messages_are_ignored(qq: QQ, glm: FakeGLM) -> None:
    """Lagrange 把机器人自己的消息当普通消息上报：不回答，群里私聊里都是。"""
    await qq.group(GROUP, qq.self_id, [at(qq.self_id), text("我自己说的")])
    await qq.private(qq.self_id, "我自己说的")
    await qq.push(
        post_type="message_sent",
        message_type="private",
        sub_type="friend",
        message_sent_type="self",
        message_id=1,
        user_id=qq.self_id,
        message=[text("我自己说的")],
        raw_message="我自己说的",
        font=0,
        sender={"user_id": qq.self_id, "nickname": "机器人"},
    )
    assert await qq.silence()
    assert not glm.requests
    assert not qq.calls


async def test_guild_messages_are_ignored(qq: QQ, glm: FakeGLM) -> None:
    """频道消息不是私聊：不回答，不进同一个人的私聊历史。"""
    await qq.push(
        post_type="message",
        message_type="guild",
        sub_type="channel",
        guild_id="1",
        channel_id="2",
        self_tiny_id="3",
        message_id="4-5",
        user_id=USER,
        message=[at(qq.self_id), text("频道里说的")],
        raw_message="频道里说的",
        font=0,
        sender={"user_id": USER, "nickname": "甲"},
    )
    assert await qq.silence()
    await qq.talk(USER, "私聊里说的")
    assert "频道里说的" not in str(glm.chats)


async def test_idle_chatter_calls_nothing(qq: QQ, glm: FakeGLM) -> None:
    """两百条闲话：不问 GLM，不调用接口，之后照常回答。"""
    for number in range(200):
        await qq.group(GROUP, 30 + number % 7, [text(f"闲话第 {number} 句")])
    assert (await qq.call(GROUP, USER, "还在吗")).text.endswith("还在吗")
    assert len(glm.chats) == 1
    assert len(qq.calls) == 1
