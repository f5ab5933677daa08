"""各家客户端的形式与畸形的事件：不伤机器人，下一条照样回答。"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess, at, read_log, text

from .forms import CQ_STRINGS, FOREIGN_SEGMENTS, MALFORMED_EVENTS

GROUP, USER = 103, 31


def faults_logged(bot: BotProcess, start: int) -> list[str]:
    """从第 `start` 个字起，本插件引起的错误。"""
    records = read_log(bot.log[start:])
    return [
        record.text
        for record in records
        if record.level == "ERROR" and "nonebot_plugin_glm" in record.text
    ]


@pytest.mark.parametrize("client", list(FOREIGN_SEGMENTS))
async def test_segments_of_every_client(
    qq: QQ, glm: FakeGLM, bot: BotProcess, client: str
) -> None:
    """每种消息段，单独或与文本一起，都有回答，而且不抓取任何网址。"""
    start = len(bot.log)
    for segment in FOREIGN_SEGMENTS[client]:
        await qq.talk(USER, [segment, text("认得吗")])
        assert "认得吗" in glm.chats[-1]["messages"][-1]["content"], segment
        await qq.group(GROUP, USER, [at(qq.self_id), segment, text("群里呢")])
        assert (await qq.next()).group_id == GROUP
        content = glm.chats[-1]["messages"][-1]["content"]
        assert "群里呢" in content, segment
        assert "127.0.0.1" not in content, segment
    assert not faults_logged(bot, start)


@pytest.mark.parametrize("client", list(FOREIGN_SEGMENTS))
async def test_segments_without_text(
    qq: QQ, glm: FakeGLM, bot: BotProcess, client: str
) -> None:
    """只有这一段的私聊也总有一句回话，从不沉默。"""
    start = len(bot.log)
    for segment in FOREIGN_SEGMENTS[client]:
        await qq.private(USER, [segment])
        assert (await qq.next(3)).text, segment
    assert not faults_logged(bot, start)


@pytest.mark.parametrize("message", CQ_STRINGS)
async def test_string_format(qq: QQ, glm: FakeGLM, message: str) -> None:
    """go-cqhttp 的字符串格式，写坏的也算。"""
    assert "你好" in (await qq.talk(USER, message)).text


@pytest.mark.parametrize("stringly", [False, True])
async def test_numbers_as_text(qq: QQ, glm: FakeGLM, stringly: bool) -> None:
    """号码是整数还是字符串都一样，多出来的字段也不要紧。"""
    extra: dict[str, Any] = {"message_seq": 7, "group_name": "群", "raw": {"x": [1]}}
    if stringly:
        extra |= {"user_id": str(USER), "group_id": str(GROUP)}
    await qq.ask(GROUP, USER, "号码", anonymous=None, message_style={}, **extra)
    sent = await qq.next()
    assert str(sent.group_id) == str(GROUP)
    assert f"｜{USER}⟧" in glm.chats[-1]["messages"][-1]["content"]


@pytest.mark.parametrize(
    "extra",
    [
        {"sub_type": "group", "group_id": GROUP, "temp_source": 0},
        {"sub_type": "group", "sender": {"group_id": GROUP, "nickname": "甲"}},
        {"sub_type": "group"},
        {"sub_type": "other"},
    ],
)
async def test_temporary_sessions_are_private(
    qq: QQ, glm: FakeGLM, extra: dict[str, Any]
) -> None:
    """群临时会话是私聊：回给这个人，不用群的历史与标签。"""
    sent = await qq.talk(USER, "临时会话", **extra)
    assert (sent.user_id, sent.params["message_type"]) == (USER, "private")
    assert glm.chats[-1]["messages"][-1]["content"] == "临时会话"


@pytest.mark.parametrize("event", MALFORMED_EVENTS, ids=range(len(MALFORMED_EVENTS)))
async def test_odd_events_do_no_harm(
    qq: QQ, glm: FakeGLM, bot: BotProcess, event: dict[str, Any]
) -> None:
    """缺字段的、类型不对的、陌生的事件：不说话，不出错，下一条照样回答。"""
    start = len(bot.log)
    await qq.push(**event)
    assert (await qq.talk(USER, "还好吗")).text == "收到：还好吗"
    assert await qq.silence(0.1)
    assert not faults_logged(bot, start)


@pytest.mark.parametrize(
    "sender", [{}, {"card": None, "role": "nosuch"}, {"level": "3"}]
)
async def test_incomplete_sender(qq: QQ, glm: FakeGLM, sender: dict[str, Any]) -> None:
    """发言人的信息残缺也有回答。"""
    full = {"nickname": None, "card": None, "role": None, **sender}
    asking = await qq.ask(GROUP, USER, "我是谁", sender=full)
    assert (await qq.next()).quoted == str(asking)
