"""哪些消息是给机器人的。"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, Segments, at, image, reply, text

GROUP, USER = 100, 5


def asked(glm: FakeGLM) -> str:
    """最后一个请求里的提问。"""
    return glm.chats[-1]["messages"][-1]["content"]


@pytest.mark.parametrize("form", ["string", "array"])
async def test_private_message_is_answered(qq: QQ, glm: FakeGLM, form: str) -> None:
    """私聊得到回答，不引用。"""
    sent = await qq.talk(USER, "你好呀" if form == "string" else [text("你好呀")])
    assert (sent.text, sent.user_id, sent.group_id) == ("收到：你好呀", USER, None)
    assert sent.quoted is None
    assert asked(glm) == "你好呀"


@pytest.mark.row(2)
@pytest.mark.parametrize(
    "build",
    [
        lambda me: [at(me), text(" 今天好吗")],
        lambda me: [text("今天好吗 "), at(me)],
        lambda me: [text("今天好吗 "), at(me), text(" ")],
        lambda me: [text("今天"), at(me), text("好吗")],
        lambda me: [at(42), text(" "), at(me), text(" 今天好吗")],
        lambda me: [text("小智，今天好吗")],
        lambda me: [text("小智 今天好吗")],
        lambda me: [{"type": "at", "data": {"qq": me}}, text("今天好吗")],
        lambda me: [at(me), at(me), text("今天好吗")],
        lambda me: f"[CQ:at,qq={me}] 今天好吗",
    ],
)
async def test_group_message_to_the_bot_is_answered(
    qq: QQ, glm: FakeGLM, build: Callable[[int], Segments | str]
) -> None:
    """@ 在开头、结尾、中间，或叫昵称，都得到引用了提问的回答。"""
    asking = await qq.group(GROUP, USER, build(qq.self_id))
    sent = await qq.next()
    assert (sent.group_id, sent.quoted) == (GROUP, str(asking))
    question = asked(glm).replace(" ", "")
    assert question.startswith(f"⟦昵称{USER}｜{USER}⟧")
    assert question.endswith("今天好吗")
    assert str(qq.self_id) not in question


async def test_reply_to_the_bot_is_answered(qq: QQ, glm: FakeGLM) -> None:
    """回复机器人的消息得到回答；回复别人的消息不算。"""
    await qq.call(GROUP, USER, "先说一句")
    answer_id = max(qq.messages)
    asking = await qq.group(GROUP, 6, [reply(answer_id), text("再细说")])
    assert (await qq.next()).quoted == str(asking)
    assert asked(glm).endswith("再细说")
    other = await qq.group(GROUP, 7, [text("别人的闲话")])
    await qq.group(GROUP, 6, [reply(other), text("我也觉得")])
    assert await qq.silence()


@pytest.mark.parametrize(
    "message",
    [
        [text("大家好")],
        [text("我和小智说过")],
        [at("all"), text(" 开会了")],
        [at(42), text(" 你来")],
        [image()],
        [reply(404404), text("找不到的引用")],
        [{"type": "face", "data": {"id": "1"}}],
        "@机器人 没有真的 @",
    ],
)
async def test_other_messages_cost_nothing(
    qq: QQ, glm: FakeGLM, message: Segments | str
) -> None:
    """不是给机器人的消息：不回答，不问 GLM，除了取引用不调用接口。"""
    await qq.group(GROUP, USER, message)
    assert await qq.silence(0.3)
    assert not glm.requests
    assert {action for action, _ in qq.calls} <= {"get_msg"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ([image()], "[图片]"),
        ([image(), text("这是什么")], "[图片]这是什么"),
        ([text("看 "), at(42), text("说的")], "看 @42 说的"),
    ],
)
async def test_what_cannot_be_read_becomes_words(
    qq: QQ, glm: FakeGLM, message: Segments, expected: str
) -> None:
    """单独的图片也得到回答，看不到的东西在提问里是词。"""
    await qq.talk(USER, message)
    assert " ".join(asked(glm).split()) == expected
