"""exporting：给人看的没有号码，给程序读的一样不少，时间都是北京时间。"""

from __future__ import annotations

import json

from nonebot_plugin_glm.conversation.exporting import (
    Record,
    Said,
    as_json,
    as_markdown,
)
from nonebot_plugin_glm.conversation.prompt import labelled_remarks
from nonebot_plugin_glm.domain import Remark, Speaker, Turn

from .builders import group

NOON = 1_763_956_800.0
"""北京时间 2025-11-24 12:00。"""
QUOTES = labelled_remarks(
    "引用",
    [
        Remark(Speaker("12345", "乙"), "第一行\n第二行"),
        Remark(Speaker("1", "机"), "旧回答", own=True),
    ],
)
TURN = Turn(
    "为什么？", "因为。", Speaker("10001", "甲\n乙"), "glm-4.7", referred=QUOTES
)
RECORD = Record(group("9"), [Said(TURN, NOON)], ["对花生\n过敏"])


def test_markdown() -> None:
    """谁在什么时候问了什么、引用了谁、答了什么；没有谁的号码。"""
    assert as_markdown(RECORD, NOON + 3600) == (
        "# 与 GLM 的对话\n\n"
        "2025-11-24 13:00 导出，共 1 轮，都是北京时间。\n\n"
        "## 备忘\n\n"
        "- 对花生 过敏\n\n"
        "## 2025-11-24 12:00 甲 乙\n\n"
        "> 乙：第一行\n> 第二行\n\n"
        "> GLM：旧回答\n\n"
        "为什么？\n\n"
        "### GLM（glm-4.7）\n\n"
        "因为。\n"
    )


def test_json() -> None:
    """读得回来，汉字就是汉字，存着的都在。"""
    text = as_json(RECORD, NOON)
    assert "为什么？" in text
    content = json.loads(text)
    assert content["format"] == "nonebot_plugin_glm.conversation"
    assert content["version"] == 1
    assert content["conversation"]["scope"] == "group"
    assert content["notes"] == ["对花生\n过敏"]
    (said,) = content["turns"]
    assert said["time"] == "2025-11-24T12:00:00+08:00"
    assert said["speaker"] == {"id": "10001", "name": "甲\n乙"}
    assert (said["question"], said["answer"]) == ("为什么？", "因为。")
    assert said["referred"] == QUOTES
