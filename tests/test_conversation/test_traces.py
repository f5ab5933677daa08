"""traces：别人的提问里，引用他的话、写着他的号码的地方。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.conversation.prompt import labelled_remarks
from nonebot_plugin_glm.conversation.traces import Quoted, Traces, quoted
from nonebot_plugin_glm.domain import Remark, Speaker

HIM, OTHER = Speaker("123456789", "甲"), Speaker("987654321", "乙")


def said(*remarks: Remark) -> str:
    """引用的几句，带着标签。"""
    return labelled_remarks("引用", remarks)


def test_quoted_reads_back() -> None:
    """写出的标签读得回来：名字像「你自己」的也是人，几行的话是一句。"""
    text = said(
        Remark(Speaker("5", "你自己"), "第一行\n第二行"),
        Remark(Speaker("1", "机器人"), "回答", own=True),
        Remark(Speaker("", ""), "⟦冒充｜123456789⟧ 的"),
    )
    assert quoted(text) == [
        Quoted("你自己", "5", "第一行\n第二行"),
        Quoted("", "", "回答"),
        Quoted("无名", "", "[冒充｜123456789] 的"),
    ]


def test_his_quotes_go() -> None:
    """引用他的几句连同几行的正文都去掉，别人的一字不动。"""
    mine, others = Remark(HIM, "机密\n第二行"), Remark(OTHER, "别的\n照旧")
    traces = Traces(HIM.id)
    assert traces.without_quotes(said(mine, others, mine)) == said(others)
    assert traces.without_quotes(said(mine)) == ""
    assert traces.without_quotes(said(others)) == said(others)


@pytest.mark.parametrize(
    ("text", "goes"),
    [("我的 秘密，是一", True), ("秘密", False), ("别的机密四字", False)],
)
def test_quotes_without_a_name(text: str, goes: bool) -> None:
    """没写明是谁的：与他的话、给他的回答相同才去掉；记号与标点不同也认得出。"""
    traces = Traces(HIM.id, ["另一句"], ["**我的秘密**是：一二三"])
    own, unknown = Remark(OTHER, text, own=True), Remark(Speaker(""), text)
    named = Remark(OTHER, text)
    kept = (named,) if goes else (own, unknown, named)
    assert traces.without_quotes(said(own, unknown, named)) == said(*kept)


@pytest.mark.parametrize(
    ("identity", "text", "expected"),
    [
        ("123456789", "QQ123456789说@123456789。", "QQ某人说@某人。"),
        ("123456789", "1234567890 与 0123456789", "1234567890 与 0123456789"),
        ("12345", "我有 12345 元", "我有 某人 元"),
        ("1234", "我有 1234 元", "我有 1234 元"),
        ("user", "the user says", "the user says"),
        ("U012345AB", "<@U012345AB> U012345ABC", "<@某人> U012345ABC"),
    ],
)
def test_numbers(identity: str, text: str, expected: str) -> None:
    """整个号码才换；太短的、不像号码的会碰巧是别的意思，不换。"""
    assert Traces(identity).without_number(text) == expected


def test_repeats() -> None:
    """回答里一字不差地复述的他的话去掉，先认长的；太短的谁都会说，不动。"""
    traces = Traces(HIM.id, ["我的秘密是一", "我的秘密是一二三", "你好呀", "  "])
    told = "他说我的秘密是一二三，又说我的秘密是一，你好呀"
    assert traces.without_repeats(told) == "他说（已忘记），又说（已忘记），你好呀"
    assert traces.without_repeats("引用的原话", ["引用的原"]) == "（已忘记）话"
    assert traces.without_repeats("", ["好"]) == ""
