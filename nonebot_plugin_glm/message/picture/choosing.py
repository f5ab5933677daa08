"""哪些 Markdown 值得画成图：只看块，不看行内，很便宜。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from ..formulas import displayed_formulas
from ..plain import plain_text
from ..splitting import block_tokens

Mode = Literal["auto", "text", "image"]
"""见 Config 的 `glm_render`。"""

CODE_LINES = 4
"""代码至少几行才画：一两行的命令要抄，而且文本也看得清。"""
LONGEST, MOST_LINES = 8000, 500
"""图里至多多少字、多少行，再长的看图不如看合并转发。"""
_STRUCTURE = {"heading_open", "bullet_list_open", "ordered_list_open", "fence"}
_STRUCTURE |= {"table_open", "blockquote_open"}
"""成篇的 Markdown 里有的块。"""
_TELLING = re.compile(r"```|~~~|\||\$\$|\\\[")
"""代码、表格、公式总有其中一个。"""


def needs_picture(markdown: str) -> bool:
    """有没有纯文本说不清的：几行代码、表格、独立的公式。"""
    if not _TELLING.search(markdown):
        return False
    tokens = block_tokens(markdown)
    return (
        any(token.type == "table_open" for token in tokens)
        or any(_lines(code) >= CODE_LINES for code in codes(markdown))
        or next(displayed_formulas(markdown), None) is not None
    )


def worth_picture(markdown: str, mode: Mode, long: int) -> bool:
    """一段回答要不要画成图。

    参数:
        markdown: 回答，或它余下的部分
        mode: `GLM_RENDER`
        long: 超过多少字算长
    """
    if mode == "text" or not fits_picture(markdown):
        return False
    if mode == "image":
        return has_marks(markdown)
    return needs_picture(markdown) or (len(markdown) > long and _structured(markdown))


def fits_picture(markdown: str) -> bool:
    """会不会太长。"""
    return len(markdown) <= LONGEST and markdown.count("\n") <= MOST_LINES


def has_marks(markdown: str) -> bool:
    """有没有 Markdown 的记号或公式：写成纯文本就不一样了。"""
    bare = "".join(plain_text(markdown).split())
    return _structured(markdown) or bare != "".join(markdown.split())


def codes(markdown: str) -> Iterator[str]:
    """各个代码块里的代码。"""
    for token in block_tokens(markdown):
        if token.type == "fence":
            yield token.content


def _lines(code: str) -> int:
    return sum(bool(line.strip()) for line in code.splitlines())


def _structured(markdown: str) -> bool:
    return any(token.type in _STRUCTURE for token in block_tokens(markdown))
