"""Markdown -> 一页 HTML：只有这里写的标签，模型写的都是转义过的字。

没有图片、脚本、样式与链接的地址，所以也没有什么会去取：要看的图片写成它的地址。
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ..formulas import Formula
from ..markdown import Document, parse
from . import WIDTH
from .listing import listing
from .symbols import tinted

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_MARGIN = 64
_INDENT = {"list_item": 76, "blockquote": 44}
"""列表与引文占去的宽度，像素，与样式表相同。"""
_STYLE = Path(__file__).with_name("page.css")
_LONG_RUN, _LONG_IN_CELL = 24, 12
"""这么长的一串字母要准它从中间折行，不然会伸到图外面。"""
_BREAK, _BREAK_EVERY = "\ue002", 8
_OPENING, _CLOSING = "[（《「『【]", "[，。、；：？！）》」』】]"
_TOGETHER = re.compile(
    f"{_OPENING}{{1,3}}[\u4e00-\u9fff]?{_CLOSING}{{0,3}}|[\u4e00-\u9fff]{_CLOSING}{{1,3}}"
)
"""标点不能落在行首，括号不能落在行尾；litehtml 不懂，只认定宽的一块。"""
_ADDRESS = 48
"""链接的地址写多长：图里的地址点不了，太长的只占地方。"""
_CELL_PADDING = 3
_SHORT_CELL = 8
"""这么多列字母以内的格子不折行。"""
_MOST_COLUMNS, _DEEPEST = 10, 10
"""表格至多几列、块至多套几层，再多图里就放不下。"""
_TABLES = ((58, "normal"), (100, "small"))
"""这么多列字母以内的表格用多大的字，更宽的用最小的。"""


def page(markdown: str, *, dark: bool) -> str | None:
    """一页 HTML；解析不起的是 `None`。"""
    document = parse(markdown)
    if document is None or not all(map(_fits, document.blocks)):
        return None
    writer = _Writer(document)
    body = "".join(writer.block(node, WIDTH - 2 * _MARGIN) for node in document.blocks)
    theme = "dark" if dark else "light"
    style = _STYLE.read_text("utf-8")
    html = document.hidden.restore(body, _formula)
    return (
        f'<html class="{theme}"><head><style>{style}</style></head>'
        f'<body>{html}<div class="strut"></div></body></html>'
    )


def _fits(node: SyntaxTreeNode, depth: int = 0) -> bool:
    """图里放不放得下。"""
    if node.type == "tr":
        return len(node.children) <= _MOST_COLUMNS
    if node.type == "inline":
        return True
    return depth <= _DEEPEST and all(_fits(child, depth + 1) for child in node.children)


class _Writer:
    """把语法树写成 HTML；公式还是占位的字。"""

    def __init__(self, document: Document) -> None:
        self._restore = document.hidden.restore

    def block(self, node: SyntaxTreeNode, room: int) -> str:
        """一块，`room` 是给它的宽度。"""
        if node.type in ("fence", "code_block"):
            language = (node.info.split() or [""])[0] if node.info else ""
            return listing(self._restore(node.content), self._restore(language), room)
        if node.type == "table":
            return self._table(node)
        if node.type == "hr":
            return "<hr>"
        if node.type in ("bullet_list", "ordered_list"):
            return self._list(node, room)
        if node.type == "blockquote":
            inner = self._blocks(node, room - _INDENT["blockquote"])
            return f"<blockquote>{inner}</blockquote>"
        words = self._inline(node)
        if node.type == "heading":
            return f"<{node.tag}>{words}</{node.tag}>"
        alone = re.fullmatch(r"\ue000\d+\ue001[。，,.；;]?", words)
        return f'<p class="formula">{words}</p>' if alone else f"<p>{words}</p>"

    def _blocks(self, node: SyntaxTreeNode, room: int) -> str:
        return "".join(self.block(child, room) for child in node.children)

    def _list(self, node: SyntaxTreeNode, room: int) -> str:
        """列表；记号自己写，免得数字太宽时伸到外面。"""
        number = int(node.attrs.get("start", 1))
        items: list[str] = []
        for index, item in enumerate(node.children):
            inner = self._blocks(item, room - _INDENT["list_item"])
            mark = f"{number + index}." if node.type == "ordered_list" else "•"
            task = re.match(r"<p>\[([ xX])\] ", inner)
            if task and node.type == "bullet_list":
                mark = "☐" if task[1] == " " else '<span class="yes">☑</span>'
                inner = f"<p>{inner[task.end() :]}"
            items.append(
                f'<div class="item"><div class="mark">{mark}</div>{inner}</div>'
            )
        return f'<div class="list">{"".join(items)}</div>'

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        columns = zip(*(row.children for row in rows), strict=False)
        width = sum(max(map(_cell_width, column)) + _CELL_PADDING for column in columns)
        size = next((name for most, name in _TABLES if width <= most), "tiny")
        return f'<table class="{size}">{"".join(self._rows(rows))}</table>'

    def _rows(self, rows: list[SyntaxTreeNode]) -> Iterator[str]:
        for index, row in enumerate(rows):
            cells = "".join(map(self._cell, row.children))
            striped = ' class="striped"' if index and index % 2 == 0 else ""
            yield f"<tr{striped}>{cells}</tr>"

    def _cell(self, cell: SyntaxTreeNode) -> str:
        style = cell.attrs.get("style")  # markdown-it 自己写的，只有三种
        names = [str(style).removeprefix("text-align:")] if style else []
        names += ["whole"] if _cell_width(cell) <= _SHORT_CELL else []
        words = self._inline(cell, _LONG_IN_CELL)
        return f'<{cell.tag} class="{" ".join(names)}">{words}</{cell.tag}>'

    def _inline(self, node: SyntaxTreeNode, longest: int = _LONG_RUN) -> str:
        """行内的字。"""
        inner = "".join(self._inline(child, longest) for child in node.children)
        if node.type in ("strong", "em", "s"):
            return f"<{node.tag}>{inner}</{node.tag}>"
        if node.type == "link":
            return self._link(inner, str(node.attrs["href"]), longest)
        if node.type == "image":
            words = _words(f"[图片：{node.content}]", longest)
            return self._link(words, str(node.attrs["src"]), longest)
        if node.type in ("softbreak", "hardbreak"):
            return "<br>"
        if node.type == "code_inline":
            return f"<code>{_words(self._restore(node.content), longest)}</code>"
        if node.type == "text":
            return re.sub(r"&lt;br\s*/?&gt;", "<br>", _words(node.content, longest))
        return inner

    def _link(self, words: str, address: str, longest: int) -> str:
        address = self._restore(address).removeprefix("mailto:")
        brief = address if len(address) <= _ADDRESS else f"{address[:_ADDRESS]}…"
        shown = f'<span class="link">{words}</span>'
        if not address or words == _words(address, longest):
            return shown
        return f'{shown}<span class="dim">（{_words(brief, longest)}）</span>'


def _words(text: str, longest: int) -> str:
    """转义，太长的一串准它折行，表情换成符号。"""

    def pieces(found: re.Match[str]) -> str:
        run = found[0]
        starts = range(0, len(run), _BREAK_EVERY)
        return _BREAK.join(run[start : start + _BREAK_EVERY] for start in starts)

    text = text.replace(_BREAK, "")
    text = re.sub(rf"[!-~\u00a1-\u2e7f]{{{longest},}}", pieces, text)
    html = escape(text, quote=False).replace(_BREAK, "<wbr>")
    return tinted(_TOGETHER.sub(_together, html))


def _together(found: re.Match[str]) -> str:
    width = len(found[0])  # 都是全角的字
    return f'<span class="together" style="width:{width}em">{found[0]}</span>'


def _cell_width(cell: SyntaxTreeNode) -> int:
    """一格里的字占几列字母，中文占两列。"""
    return sum(len(part.content.encode("gb18030", "replace")) for part in cell.children)


def _formula(formula: Formula) -> str:
    """公式：上下标画成上下标。"""
    html = escape(formula.text, quote=False)
    if formula.literal:
        return html
    for mark, tag in (("\\^", "sup"), ("_", "sub")):
        html = re.sub(rf"{mark}(?:\(([^()]*)\)|(\w))", rf"<{tag}>\1\2</{tag}>", html)
    return f'<span class="math">{html}</span>'
