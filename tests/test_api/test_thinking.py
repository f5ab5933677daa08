"""滤掉思考的测试：标签在任何位置切断都不外传。"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.thinking import ThinkingFilter, without_thinking

TAGS = ("<think>", "</think>", "<|begin_of_box|>", "<|end_of_box|>")
SAMPLE = "甲<Think>密\n密</THINK>乙<|begin_of_box|>42<|end_of_box|><b>a < b</b>"
SHOWN = "甲乙42<b>a < b</b>"


def filtered(pieces: list[str]) -> str:
    """逐段送入后的全文。"""
    thinking = ThinkingFilter()
    return "".join(thinking.feed(piece) for piece in pieces) + thinking.flush()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("没有标签", "没有标签"),
        ("", ""),
        ("<think>密</think>答", "答"),
        ("<THINK>密</Think>答", "答"),
        ("前<think>密</think>后", "前后"),
        ("<think>密</think>一<think>密</think>二", "一二"),
        ("<think></think>答", "答"),
        ("答<think>密", "答"),
        ("<think>密", ""),
        ("<think>密</thin", ""),
        ("<think>密<|begin_of_box|>密</think>答", "答"),
        ("<|begin_of_box|>42<|end_of_box|>", "42"),
        ("<|BEGIN_OF_BOX|>42<|end_of_box|>", "42"),
        ("1 < 2，<thin 与 <|begin", "1 < 2，<thin 与 <|begin"),
        ("<thinking>不是标签</thinking>", "<thinking>不是标签</thinking>"),
    ],
)
def test_both_ways_agree(text: str, shown: str) -> None:
    """整段滤与逐字滤结果相同。"""
    assert without_thinking(text) == shown
    assert filtered([text]) == shown
    assert filtered(list(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("密</think>答", "答"),
        ("密</THINK>答", "答"),
        ("密</think>密</think>答", "答"),
        ("密</think>一<think>密</think>二", "一二"),
        ("密<|begin_of_box|>密</think>答", "答"),
        ("<think>密</think>密</think>答", "答"),
        ("密</think>", ""),
    ],
)
def test_missing_opening(text: str, shown: str) -> None:
    """缺了开头的思考从完整的正文里去掉，大写的、后面另有思考的也一样。"""
    assert without_thinking(text) == shown


@pytest.mark.parametrize("first", range(len(SAMPLE) + 1))
def test_cut_anywhere(first: int) -> None:
    """在任意两处切断，结果都一样。"""
    for second in range(first, len(SAMPLE) + 1):
        pieces = [SAMPLE[:first], SAMPLE[first:second], SAMPLE[second:]]
        assert filtered(pieces) == SHOWN


tag = st.sampled_from(TAGS)
noise = st.text(alphabet="a<>/|think中\n", max_size=6)


@given(st.lists(st.one_of(tag, noise), max_size=8), st.data())
def test_cutting_changes_nothing(parts: list[str], data: st.DataObject) -> None:
    """任意的正文，怎样切断都与整段送入相同。"""
    text = "".join(parts)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    edges = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    assert filtered(pieces) == filtered([text])


hidden = st.text(alphabet="密<\n ", max_size=6)
visible = st.text(alphabet="明>\n ", max_size=6)
opening = st.sampled_from(["<think>", "<THINK>", "<Think>"])
closing = st.sampled_from(["</think>", "</THINK>", "</thInk>"])


@given(st.lists(st.tuples(visible, opening, hidden, closing), max_size=5), visible)
def test_thinking_never_shows(
    parts: list[tuple[str, str, str, str]], last: str
) -> None:
    """思考一字不漏地去掉，正文一字不漏地留下。"""
    text = "".join(map("".join, parts)) + last
    shown = "".join(part[0] for part in parts) + last
    assert filtered(list(text)) == filtered([text]) == shown
    assert without_thinking(text) == shown


def test_text_is_shown_at_once() -> None:
    """只压住可能是标签的部分，其余立刻给出。"""
    thinking = ThinkingFilter()
    assert [thinking.feed(p) for p in ["你好<", "b>1<thi", "s>"]] == [
        "你好",
        "<b>1",
        "<this>",
    ]
    assert thinking.flush() == ""


def test_surrogate_pair_cut_in_two() -> None:
    """代理对被切成两段时合起来再给出。"""
    thinking = ThinkingFilter()
    assert thinking.feed("好\ud83d") == "好"
    assert thinking.feed("\ude00。") == "\ud83d\ude00。"
