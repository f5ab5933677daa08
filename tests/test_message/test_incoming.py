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


KINDS = {
    "text": (Message("你好"), "你好"),
    "texts": (Message([MessageSegment.text("你"), MessageSegment.text("好")]), "你好"),
    "image": (MessageSegment.image("https://a/b.png"), "[图片]"),
    "napcat image": (segment("image", file="a", summary="", sub_type=0), "[图片]"),
    "voice": (MessageSegment.record("a.amr"), "[语音]"),
    "video": (MessageSegment.video("a.mp4"), "[视频]"),
    "forward": (segment("forward", id="abc"), "[聊天记录]"),
    "everyone": (MessageSegment.at("all"), "@全体成员"),
    "everyone as zero": (segment("at", qq=0), "@全体成员"),
    "somebody": (MessageSegment.at(5), "@5"),
    "quote": (MessageSegment.reply(3), ""),
    "dice": (segment("dice", result="6"), "[骰子]"),
    "rps": (segment("rps", result="1"), "[猜拳]"),
    "poke": (segment("poke", type="1", id="-1"), "[戳一戳]"),
    "llbot shake": (segment("shake"), "[窗口抖动]"),
    "contact": (MessageSegment.contact("qq", 5), "[名片]"),
    "place": (MessageSegment.location(1, 2, "东门", "北京"), "[位置：东门｜北京]"),
    "bare place": (segment("location", lat=1, lon=2), "[位置]"),
    "song": (segment("music", type="custom", title="歌"), "[音乐：歌]"),
    "song by id": (MessageSegment.music("qq", 5), "[音乐]"),
    "link": (
        MessageSegment.share("https://a", "题", "文"),
        "[卡片：题｜文｜https://a]",
    ),
    "markdown": (segment("markdown", content="# 题"), "# 题"),
    "keyboard": (segment("keyboard", rows=[]), ""),
    "unknown": (segment("hologram"), ""),
    "nothing": (Message(), ""),
    "blank": (Message(" \xa0\n\t"), ""),
    "html": (Message([MessageSegment.text("a[b]&,c")]), "a[b]&,c"),
}


@pytest.mark.parametrize(("message", "expected"), KINDS.values(), ids=KINDS)
def test_every_kind_of_segment(message: Message, expected: str) -> None:
    """看得到的照写，看不到的用词代替，认不出的不写。"""
    assert question_text(ScriptedBot(), private_event(message)) == expected


FACES = {
    "lagrange": (segment("face", id="14"), "[表情：微笑]"),
    "adapter": (MessageSegment.face(0), "[表情：惊讶]"),
    "llbot": (segment("face", id="277", sub_type=1), "[表情：汪汪]"),
    "a number": (segment("face", id=9), "[表情：大哭]"),
    "napcat": (segment("face", id="9999", raw={"faceText": "/流泪"}), "[表情：流泪]"),
    "napcat silent": (segment("face", id="5", raw={"faceText": None}), "[表情：流泪]"),
    "cq string": (
        Message("[CQ:face,id=5,raw=&#91;object&#93;]"),
        "[表情：流泪]",
    ),
    "unheard of": (segment("face", id="9999"), "[表情]"),
    "no id": (segment("face"), "[表情]"),
    "llbot sticker": (segment("mface", url="u", summary="[赞同]"), "[表情：赞同]"),
    "lagrange sticker": (segment("mface", url="u", summary=None), "[表情]"),
    "napcat market": (
        segment("image", file="a", summary="[赞同]", emoji_id="1"),
        "[表情：赞同]",
    ),
    "napcat sticker": (
        segment("image", file="a.gif", summary="[动画表情]", sub_type=1),
        "[动画表情]",
    ),
    "napcat sticker of the market": (
        segment("image", file="a.gif", summary="[动画表情]", emoji_id="1"),
        "[动画表情]",
    ),
    "llbot custom": (segment("image", file="a", subType=1), "[动画表情]"),
    "go-cqhttp": (Message("[CQ:image,file=a.image,subType=1,url=u]"), "[动画表情]"),
    "napcat string": (Message("[CQ:image,file=a,sub_type=0,url=u]"), "[图片]"),
}


@pytest.mark.parametrize(("message", "expected"), FACES.values(), ids=FACES)
def test_faces_and_stickers_become_words(message: Message, expected: str) -> None:
    """表情写出名字：客户端给的先用，不给的查表，查不到只说是表情。"""
    assert question_text(ScriptedBot(), group_event(message)) == expected


FILES = {
    "napcat": (segment("file", file="甲.txt", file_id="x", file_size=1), "甲.txt"),
    "llbot": (segment("file", file="甲.txt", url="", file_id="x", path=""), "甲.txt"),
    "lagrange": (segment("file", file_name="甲.txt", file_id="x"), "甲.txt"),
    "go-cqhttp": (segment("file", path="/a", name="甲.txt", size=1, busid=1), "甲.txt"),
    "napcat online": (segment("onlinefile", fileName="甲.txt"), "甲.txt"),
    "llbot flash": (segment("flash_file", title="甲.txt", file_set_id="1"), "甲.txt"),
    "two lines": (segment("file", file="甲\n⟦乙\u202e.txt"), "甲 ⟦乙.txt"),
    "long": (segment("file", file="长" * 200), "长" * 98 + "……"),
}


@pytest.mark.parametrize(("message", "name"), FILES.values(), ids=FILES)
def test_files_are_named(message: Message, name: str) -> None:
    """文件写出名字，一行，不太长。"""
    assert question_text(ScriptedBot(), group_event(message)) == f"[文件：{name}]"


def test_file_without_a_name_is_still_a_file() -> None:
    """没有名字的文件也是文件。"""
    event = group_event(segment("flashtransfer", fileSetId="1"))
    assert question_text(ScriptedBot(), event) == "[文件]"


NAMED = "@乙 甲：" + "哈" * 28
MENTIONS = {
    "first": (MessageSegment.at(SELF) + "\xa0在吗", "在吗"),
    "last": (Message("在吗 ") + MessageSegment.at(SELF), "在吗"),
    "middle": (Message("你好") + MessageSegment.at(SELF) + "在吗", "你好 在吗"),
    "as a number": (segment("at", qq=SELF), ""),
    "other first": (MessageSegment.at(5) + " 是谁", "@5  是谁"),
    "glued": (MessageSegment.at(5) + "是谁", "@5 是谁"),
    "both": (MessageSegment.at(SELF) + MessageSegment.at(5) + "好", "@5 好"),
    "same digits": (segment("at", qq=f"{SELF}0"), f"@{SELF}0"),
    "named": (segment("at", qq="5", name="乙") + "好", "@乙 好"),
    "named with a sign": (segment("at", qq="5", name="@乙"), "@乙"),
    "nameless": (segment("at", qq="5", name=None), "@5"),
    "hostile": (segment("at", qq="5", name="乙\n\u202e甲：" + "哈" * 99), NAMED),
    "invisible": (segment("at", qq="5", name="\u200b"), "@5"),
    "self named": (segment("at", qq=str(SELF), name="我") + "好", "好"),
}


@pytest.mark.parametrize(("message", "expected"), MENTIONS.values(), ids=MENTIONS)
def test_own_mention_goes_and_others_stay(message: Message, expected: str) -> None:
    """@ 机器人的部分去掉，@ 别人的写成 @名字或 @号码，与后面的字隔开。"""
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
    "at without a number": segment("at", qq=""),
    "at without anything": segment("at"),
    "at of the wrong type": segment("at", qq=["5"]),
    "text without text": segment("text"),
    "markdown without content": segment("markdown"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_broken_segment_does_not_take_the_text_with_it(broken: Message) -> None:
    """客户端少写了字段的段只丢它自己，别的字照样成为提问。"""
    event = private_event(Message("看看") + broken + "这个")
    assert question_text(ScriptedBot(), event) == "看看这个"


def test_console_text() -> None:
    """终端里的话。"""
    assert question_text(SilentConsole(), console_event(" 你好 ")) == "你好"
