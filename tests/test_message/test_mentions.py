"""mentions：只有在场的人才真的 @ 到。"""

from __future__ import annotations

import pytest
from nonebot_plugin_alconna.uniseg import At, Text

from nonebot_plugin_glm.domain import Speaker
from nonebot_plugin_glm.message.mentions import with_mentions

PEOPLE = (
    Speaker("11", "小明"),
    Speaker("12", "小明明"),
    Speaker("13", ""),
    Speaker("14", "Bob"),
)
CASES = {
    "name": ("@小明 好", [At("user", "11"), Text(" "), Text("好")]),
    "longest name": ("@小明明好", [At("user", "12"), Text(" "), Text("好")]),
    "number": ("见 @13", [Text("见 "), At("user", "13"), Text(" ")]),
    "everyone": ("@全体成员 @all 好", [Text("@全体成员 @all 好")]),
    "stranger": ("@小红 好", [Text("@小红 好")]),
    "mail": ("a@小明 好", [Text("a@小明 好")]),
    "in a sentence": (
        "请@小明看@Bob",
        [
            *(Text("请"), At("user", "11"), Text(" "), Text("看")),
            *(At("user", "14"), Text(" ")),
        ],
    ),
    "longer word": ("@Bobby 与 x@Bob", [Text("@Bobby 与 x@Bob")]),
    "longer number": ("@111", [Text("@111")]),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_mentions(text: str, expected: list[At | Text]) -> None:
    """名字与号码都认，认不出的是文字。"""
    assert with_mentions(text, PEOPLE) == expected


def test_same_name_is_nobody() -> None:
    """同名的有两个，就不知道是谁。"""
    twins = (Speaker("1", "甲"), Speaker("2", "甲"))
    assert with_mentions("@甲 好", twins) == [Text("@甲 好")]


def test_nobody_present() -> None:
    """没有人在场（私聊）就只是文字。"""
    assert with_mentions("@甲", ()) == [Text("@甲")]
