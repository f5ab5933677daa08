"""paragraphs：写完一段给一段，从不切开代码块、列表、表格、引文与公式。"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.message.paragraphs import Paragraphs, paragraphs

WHOLE = {
    "fence": "```python\na = 1\n\n\nb = 2\n```",
    "tilde fence": "~~~\n\n# 不是标题\n\n~~~",
    "loose list": "- 一\n\n- 二\n\n  接着二\n\n- 三",
    "ordered list": "1. 一\n\n2. 二\n\n10. 十",
    "table": "| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |",
    "quote": "> 一\n>\n> 二",
    "formula": "$$\nx = 1\n\ny = 2\n$$",
    "bracket formula": "\\[\nx = 1\n\ny = 2\n\\]",
    "environment": "\\begin{aligned}\nx\n\ny\n\\end{aligned}",
    "headed": "## 标题\n\n正文",
    "rule": "---\n\n正文",
    "two headings": "# 一\n\n## 二\n\n正文",
}
BLOCKS = st.sampled_from(
    [*WHOLE.values(), "一段话", "**粗**，`码`", "😀👨‍👩‍👧", "价格 $5"]
)
DOCUMENTS = st.lists(BLOCKS, min_size=1, max_size=6).map("\n\n".join)


def fed(text: str, size: int) -> tuple[list[str], str]:
    """每次喂这么多字，得到写完的各段与余下的。"""
    growing = Paragraphs()
    parts = [
        part
        for start in range(0, len(text), size)
        for part in growing.feed(text[start : start + size])
    ]
    return parts, text[len("".join(parts)) :]


@pytest.mark.parametrize("block", WHOLE.values(), ids=WHOLE)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_blocks_stay_whole(block: str, size: int) -> None:
    """这样的一块不论怎样一点点写来，都是完整的一段。"""
    parts, rest = fed(f"之前。\n\n{block}\n\n之后。", size)
    assert [part.strip() for part in parts] == ["之前。", block]
    assert rest == "之后。"
    assert [p.strip() for p in paragraphs(f"之前。\n\n{block}\n\n之后。")] == [
        "之前。", block, "之后。",
    ]  # fmt: skip


def test_the_last_block_is_never_finished() -> None:
    """后面没有别的字，就不算写完。"""
    growing = Paragraphs()
    assert growing.feed("第一段。\n\n \n") == []
    assert growing.feed("第") == ["第一段。\n\n \n"]


@given(DOCUMENTS, st.integers(1, 9))
def test_growing_agrees_with_the_whole(text: str, size: int) -> None:
    """一点点写来切开的地方，都是整篇里可以切开的地方；一字不少。"""
    parts, rest = fed(text, size)
    assert "".join(parts) + rest == text
    whole, edges, end = paragraphs(text), set(), 0
    for part in whole:
        end += len(part)
        edges.add(end)
    end = 0
    for part in parts:
        end += len(part)
        assert end in edges
    assert "".join(whole) == text


@given(st.text("ab\n #-*>`~$|1.\\[]{}&<", max_size=200), st.integers(1, 7))
def test_any_text_survives(text: str, size: int) -> None:
    """写得再乱也一字不少，不抛异常。"""
    parts, rest = fed(text, size)
    assert "".join(parts) + rest == text
    assert "".join(paragraphs(text)) == text


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_only_link_definitions(size: int) -> None:
    """对白里的「[小明]: 你好」在 Markdown 里是链接的定义，一块也不成：照样一字不少。"""
    text = "[小明]: 你好\n\n[小红]: 你好呀，今天天气真好\n\n[小明]: 是的"
    parts, rest = fed(text, size)
    assert "".join(parts) + rest == text
    assert "".join(paragraphs(text)) == text


@pytest.mark.parametrize("piece", ["话", "a\n", "> a\n", "```\n\n", " "])
def test_endless_writing(piece: str) -> None:
    """没有一段写完的长文，一点点写来：每来几个字都从头看一遍，要看上几分钟。"""
    before = time.process_time()
    growing = Paragraphs()
    for _ in range(100_000):
        growing.feed(piece * 3)
    assert time.process_time() - before < 20


def test_many_paragraphs() -> None:
    """两万段的回答：每一段都从头数公式的首尾，要数上几分钟。"""
    before = time.process_time()
    assert len(paragraphs("话\n\n" * 20_000)) == 20_000
    assert time.process_time() - before < 20


@pytest.mark.parametrize("blank", ["\n", " \n"])
def test_endless_blank_lines(blank: str) -> None:
    """模型没完没了地写空行：不会越写越慢，后面的话仍另起一段。"""
    before = time.process_time()
    growing = Paragraphs()
    assert growing.feed("第一段。") == []
    for _ in range(5000):
        assert growing.feed(blank * 20) == []
    assert growing.feed("第二段，说") == ["第一段。" + blank * 100_000]
    assert time.process_time() - before < 20
