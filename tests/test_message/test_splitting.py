"""splitting：分开的每条都不超长，字不少、次序不变。"""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nonebot_plugin_glm.message.splitting import split_text

TABLE = "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |"
LIST = "- 一\n- 二\n  - 二之一\n- 三"


def squeezed(text: str) -> str:
    """去掉空白的文本。"""
    return "".join(text.split())


@given(st.text(max_size=600), st.integers(1, 200))
@example("a" + " " * 50 + "b", 10)
@example("a" + " " * 50, 10)
@example("\n" * 50 + "a", 10)
def test_any_text_is_kept_in_order_within_the_limit(text: str, limit: int) -> None:
    """随便什么字、随便多短的上限，不超长，也不丢字。"""
    text = text.replace("`", "'").replace("~", "-")
    pieces = split_text(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    assert squeezed("".join(pieces)) == squeezed(text)


@given(st.text(max_size=300), st.integers(0, 50))
def test_text_that_fits_is_untouched(text: str, spare: int) -> None:
    """装得下的原样返回，首尾空白与换行符都在。"""
    assert split_text(text, len(text) + spare) == [text]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "字" * 10, "a\r\nb"])
def test_limit_equal_to_the_length_still_fits(text: str) -> None:
    """恰好等于上限也算装得下。"""
    assert split_text(text, len(text)) == [text]


@pytest.mark.parametrize("blank", [" " * 50, "\n" * 50, "\r\n\t " * 20])
def test_blank_text_over_the_limit_gives_no_pieces(blank: str) -> None:
    """只有空白而又太长的，一条也不必发。"""
    assert split_text(blank, 10) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_senseless_limit_still_ends(limit: int) -> None:
    """没有意义的上限按一个字处理，不会没完没了。"""
    assert split_text("甲乙", limit) == ["甲", "乙"]


def test_splits_between_paragraphs() -> None:
    """先在段落之间分，能合在一条里的合在一条里。"""
    first, second, third = "甲" * 40, "乙" * 40, "丙" * 40
    pieces = split_text(f"{first}\n\n{second}\n\n{third}", 82)
    assert pieces == [f"{first}\n\n{second}", third]


@pytest.mark.parametrize("block", [TABLE, LIST, "> 引用\n> 第二行", "# 标题"])
@pytest.mark.parametrize("before", [1, 30, 55, 90])
def test_block_that_fits_is_kept_whole(block: str, before: int) -> None:
    """装得下的表格、列表、引用不会被分在两条里。"""
    pieces = split_text(f"{'字' * before}\n\n{block}\n\n{'尾' * 60}", 100)
    assert sum(block in piece for piece in pieces) == 1


def test_heading_goes_with_what_follows() -> None:
    """标题不会落在一条的末尾；后面的装不下时才分开。"""
    text, body = "甲" * 80, "乙" * 60
    assert split_text(f"{text}\n\n## 二\n\n{body}", 100) == [text, f"## 二\n\n{body}"]
    assert split_text(f"## 二\n\n{'乙' * 120}", 100)[0] == "## 二"


def test_table_right_below_a_paragraph_is_kept_whole() -> None:
    """紧接在段落下面的表格也是一块。"""
    assert split_text(f"{'字' * 80}\n{TABLE}", 100) == ["字" * 80, TABLE]


@pytest.mark.parametrize("block", [TABLE, LIST])
def test_long_block_is_cut_between_lines(block: str) -> None:
    """装不下的表格与列表在行之间分。"""
    lines = block.split("\n")
    pieces = split_text(block, len(block) - 1)
    assert [line for piece in pieces for line in piece.split("\n")] == lines


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_newline(newline: str) -> None:
    """三种换行都认。"""
    text = newline.join(["甲" * 8, "", "乙" * 8])
    assert split_text(text, 12) == ["甲" * 8, "乙" * 8]


HUGE = {
    "plain": "字",
    "lines": "一行\n",
    "list": "- 一\n",
    "table rows": "| 1 | 2 |\n",
    "brackets": "![[",
    "code": "```py\nx = 1\n```\n",
    "quotes": "> ",
    "blank": "\n",
}


@pytest.mark.parametrize("unit", HUGE.values(), ids=HUGE)
def test_two_hundred_thousand_characters_in_seconds(unit: str) -> None:
    """二十万字也很快分完：时间不随长度的平方增长。"""
    text = "| a | b |\n| - | - |\n" + unit * (200_000 // len(unit))
    started = time.perf_counter()
    pieces = split_text(text, 2000)
    assert time.perf_counter() - started < 15
    assert max(map(len, pieces)) <= 2000


@settings(max_examples=50)
@given(st.integers(1, 40), st.integers(1, 100))
def test_unbroken_line_is_cut_by_characters(count: int, limit: int) -> None:
    """没有空白的长行按字切，切得满。"""
    pieces = split_text("字" * count * limit, limit)
    assert [len(piece) for piece in pieces] == [limit] * count
