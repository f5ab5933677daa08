"""splitting 与代码块：切开的每一条里，围栏都有头有尾。"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from nonebot_plugin_glm.message.splitting import split_text

OPENING = re.compile(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)*(`{3,}|~{3,})")
CODE = [f"line_{number} = {number}" for number in range(40)]
HEADS = {
    "backticks": ("```", "", "```"),
    "info string": ("```python title=a", "", "```"),
    "tildes": ("~~~", "", "~~~"),
    "longer": ("`````md", "", "`````"),
    "closed by a longer one": ("```", "", "``````"),
    "indented": ("  ```py", "  ", "  ```"),
    "in a bullet": ("- ```py", "  ", "  ```"),
    "in a numbered item": ("10. ```py", "    ", "    ```"),
    "in nested bullets": ("- - ~~~", "    ", "    ~~~"),
    "in a quote": ("> ```py", "> ", "> ```"),
    "in a tight quote": (">```py", ">", ">```"),
    "in a quoted list": ("> - ```py", ">   ", ">   ```"),
    "unclosed": ("```py", "", ""),
}


def fences_of(text: str) -> tuple[list[str], bool]:
    """文本去掉围栏之后的各行，以及围栏是否都收了尾。"""
    content, marker = [], ""
    for line in text.split("\n"):
        bare = line.strip(" \t>")
        if marker and len(bare) >= len(marker) and set(bare) == {marker[0]}:
            marker = ""
        elif not marker and (found := OPENING.match(line)):
            marker = found.group(1)
        else:
            content.append(bare)
    return [line for line in content if line], not marker


def code_in(pieces: list[str]) -> list[str]:
    """照 CommonMark 读每一条，得到其中每个代码块的内容。"""
    parser = MarkdownIt("commonmark")
    tokens = [token for piece in pieces for token in parser.parse(piece)]
    return [token.content for token in tokens if token.type == "fence"]


def block(head: tuple[str, str, str], code: list[str]) -> str:
    """一个代码块。"""
    opening, indent, closing = head
    return "\n".join([opening, *(indent + line for line in code), closing])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("limit", [60, 100, 333])
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_long_code_is_fenced_in_every_piece(
    head: tuple[str, str, str], limit: int, newline: str
) -> None:
    """长代码切开后，每一条都有头有尾，代码一行不少。"""
    text = f"前言\n\n{block(head, CODE)}".replace("\n", newline)
    pieces = split_text(text, limit)
    parsed = [fences_of(piece) for piece in pieces]
    assert all(len(piece) <= limit for piece in pieces)
    assert all(closed for _, closed in parsed)
    assert [line for lines, _ in parsed for line in lines] == ["前言", *CODE]
    assert all(code_in(pieces))
    assert "".join(code_in(pieces)).split("\n")[:-1] == CODE


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_every_piece_repeats_the_info_string(head: tuple[str, str, str]) -> None:
    """语言写在每一条的围栏上。"""
    pieces = split_text(block(head, CODE), 100)
    assert len(pieces) > 1
    assert {piece.split("\n")[0] for piece in pieces} == {head[0]}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
@pytest.mark.parametrize("before", [10, 50, 90])
def test_code_that_fits_is_kept_whole(head: tuple[str, str, str], before: int) -> None:
    """装得下的代码块原样在一条里，不管前面有多少字。"""
    code = block(head, CODE[:2]).rstrip("\n")
    pieces = split_text(f"{'字' * before}\n\n{code}", 99)
    assert code in pieces[-1]


@pytest.mark.parametrize("length", range(76, 100))
@pytest.mark.parametrize("prefix", ["", "- ", "> ", "1. "])
@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_overlong_line_of_code_stays_inside_its_fence(
    fence: str, prefix: str, length: int
) -> None:
    """比一条还长的代码行切开后仍在围栏与容器里，切口恰在行里的围栏符号前也是。"""
    indent = prefix if ">" in prefix else " " * len(prefix)
    line = "x" * length + fence
    text = f"{prefix}{fence}py\n{indent}{line}\n{indent}{fence}"
    pieces = split_text(text, 100)
    assert all(len(piece) <= 100 for piece in pieces)
    assert len(code_in(pieces)) == len(pieces)
    assert "".join(code_in(pieces)).replace("\n", "") == line


@pytest.mark.parametrize("length", [90, 101, 3000])
def test_huge_opening_line_does_not_flood(length: int) -> None:
    """首行几乎占满一条时不再每条补上它，否则一个字就要发一条。"""
    text = f"```{'x' * length}\n" + "y\n" * 300
    pieces = split_text(text, 100)
    assert len(pieces) <= len(text) // 100 + 2
    assert all(len(piece) <= 100 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_code_keeps_its_indentation() -> None:
    """切开的代码里，行首的缩进都在。"""
    code = [f"    {line}" for line in CODE]
    pieces = split_text("\n".join(["```py", *code, "```"]), 100)
    lines = [line for piece in pieces for line in piece.split("\n")]
    assert [line for line in lines if not line.startswith("```")] == code


@st.composite
def documents(draw: st.DrawFn) -> str:
    """段落、列表与代码块拼成的文章。"""
    words = st.text("字词ab 。`*|[]", min_size=1, max_size=60).map(
        lambda text: "段" + text.replace("```", "")
    )
    code = st.lists(st.text("xyz =()", max_size=50), max_size=15).map(
        lambda lines: "\n".join(["```py", *lines, "```"])
    )
    items = st.lists(words, min_size=1, max_size=5).map(
        lambda texts: "\n".join(f"- {text}" for text in texts)
    )
    return "\n\n".join(draw(st.lists(words | code | items, min_size=1, max_size=10)))


@given(documents(), st.integers(25, 200))
def test_mixed_documents(text: str, limit: int) -> None:
    """段落、列表、代码混在一起，也不超长、不丢字、围栏有头有尾。"""
    pieces = split_text(text, limit)
    parsed = [fences_of(piece) for piece in pieces]
    assert all(len(piece) <= limit for piece in pieces)
    assert all(closed for _, closed in parsed)
    kept = "".join(part for lines, _ in parsed for part in lines)
    assert "".join(kept.split()) == "".join("".join(fences_of(text)[0]).split())
