"""incoming：聊天里的消息成为提问的文本。"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonebot.adapters.onebot.v11 import Message, MessageSegment

from nonebot_plugin_glm.message.incoming import question_text

from .builders import (
    SELF,
    ScriptedBot,
    group_event,
    private_event,
)
from .console import SilentConsole, console_event


def segment(kind: str, **data: Any) -> Message:
    """别家客户端写的一段。"""
    return Message([MessageSegment(kind, data)])


STICKER = segment("image", file="a.gif", summary="[动画表情]", sub_type=1)
KINDS = {
    "text": (Message("你好"), "你好"),
    "texts": (Message([MessageSegment.text("你"), MessageSegment.text("好")]), "你好"),
    "image": (MessageSegment.image("https://a/b.png"), "[图片]"),
    "napcat sticker": (STICKER, "[图片]"),
    "face": (MessageSegment.face(1), "[表情]"),
    "voice": (MessageSegment.record("a.amr"), "[语音]"),
    "video": (MessageSegment.video("a.mp4"), "[视频]"),
    "napcat file": (segment("file", file="a", file_id="x", file_size=1), "[文件]"),
    "lagrange file": (segment("file", file_name="a", file_id="x"), "[文件]"),
    "forward": (segment("forward", id="abc"), "[聊天记录]"),
    "everyone": (MessageSegment.at("all"), "@全体成员"),
    "somebody": (MessageSegment.at(5), "@5"),
    "quote": (MessageSegment.reply(3), ""),
    "card": (MessageSegment.json("{}"), "[卡片]"),
    "old card": (MessageSegment.xml("<x/>"), "[卡片]"),
    "llbot sticker": (segment("mface", url="u", summary="s"), "[表情]"),
    "unknown": (segment("dice"), ""),
    "nothing": (Message(), ""),
    "blank": (Message(" \xa0\n\t"), ""),
}


@pytest.mark.parametrize(("message", "expected"), KINDS.values(), ids=KINDS)
def test_every_kind_of_segment(message: Message, expected: str) -> None:
    """看得到的照写，看不到的用词代替，认不出的不写。"""
    assert question_text(ScriptedBot(), private_event(message)) == expected


MENTIONS = {
    "first": (MessageSegment.at(SELF) + "\xa0在吗", "在吗"),
    "last": (Message("在吗 ") + MessageSegment.at(SELF), "在吗"),
    "middle": (Message("你好") + MessageSegment.at(SELF) + "在吗", "你好 在吗"),
    "as a number": (segment("at", qq=SELF), ""),
    "other first": (MessageSegment.at(5) + " 是谁", "@5  是谁"),
    "glued": (MessageSegment.at(5) + "是谁", "@5 是谁"),
    "both": (MessageSegment.at(SELF) + MessageSegment.at(5) + "好", "@5 好"),
    "same digits": (segment("at", qq=f"{SELF}0"), f"@{SELF}0"),
}


@pytest.mark.parametrize(("message", "expected"), MENTIONS.values(), ids=MENTIONS)
def test_own_mention_goes_and_others_stay(message: Message, expected: str) -> None:
    """@ 机器人的部分去掉，@ 别人的写成 @号码，与后面的字隔开。"""
    assert question_text(ScriptedBot(), group_event(message)) == expected


UNICODE = {
    "lone high": ("a\ud83d", "a\ufffd"),
    "lone low": ("\ude00b", "\ufffdb"),
    "pair": ("\ud83d\ude00", "😀"),
    "nul": ("a\x00b", "ab"),
    "nul alone": ("\x00", ""),
}


@pytest.mark.parametrize(("text", "expected"), UNICODE.values(), ids=UNICODE)
def test_text_becomes_well_formed(text: str, expected: str) -> None:
    """落单的代理与 NUL 进门时就处理。"""
    message = Message([MessageSegment.text(text)])
    assert question_text(ScriptedBot(), private_event(message)) == expected


@given(st.text(st.characters(), max_size=50))
def test_any_text_can_be_stored_and_sent(text: str) -> None:
    """不论来的是什么字，提问都能编成 UTF-8，首尾没有空白。"""
    event = private_event(Message([MessageSegment.text(text)]))
    asked = question_text(ScriptedBot(), event)
    assert asked.encode().decode() == asked.strip()


BROKEN = {
    "file of go-cqhttp": segment("file", path="/a", name="a", size=1, busid=1),
    "at without a number": segment("at", qq=""),
    "at without anything": segment("at"),
    "face without an id": segment("face"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_segment_does_not_take_the_text_with_it(broken: Message) -> None:
    """客户端少写了字段的段只丢它自己，别的字照样成为提问。"""
    event = private_event(Message("看看") + broken + "这个")
    assert question_text(ScriptedBot(), event) == "看看这个"


def test_console_text() -> None:
    """终端里的话。"""
    assert question_text(SilentConsole(), console_event(" 你好 ")) == "你好"
