"""Markdown -> 语法树，纯文本与图片都照它写；解析不起的不解析。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .emphasis import befriend_chinese
from .formulas import Hidden, hide_formulas

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_HOSTILE = 2000
"""这么多个记号的不是给人看的 Markdown，行内解析会花上几秒。"""
_DEEPEST = 19
"""markdown-it 套到二十层就不再往里看，里面的字会丢。"""


@dataclass(frozen=True, slots=True)
class Document:
    """解析过的 Markdown；树里的公式是占位的字，由 `hidden` 换回来。"""

    blocks: tuple[SyntaxTreeNode, ...]
    hidden: Hidden


def parse(markdown: str) -> Document | None:
    """解析；记号太多或套得太深的不解析，是 `None`。"""
    if max(markdown.count(mark) for mark in "[*_`>~") > _HOSTILE:
        return None
    # 短回答用不上，而导入它要六十毫秒
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    hidden = hide_formulas(markdown)
    parser = MarkdownIt("commonmark", {"html": False})
    # 实体照写：问「&amp; 怎么写」的人要看的就是它；链接的定义也照写：
    # 对白里的「[小明]: 你好」会被当成定义，整句消失
    parser.enable(["table", "strikethrough"]).disable(["entity", "reference"])
    befriend_chinese(parser)
    tokens = parser.parse(hidden.text)
    if any(token.level >= _DEEPEST for token in tokens):
        return None
    try:
        return Document(tuple(SyntaxTreeNode(tokens).children), hidden)
    except RecursionError:  # 行内的记号套了上千层
        return None
