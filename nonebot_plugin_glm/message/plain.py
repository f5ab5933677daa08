"""Markdown -> 纯文本：QQ 不认 Markdown，记号去掉，字一个不少。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .markdown import parse

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

# 不跨行：成片的空行里每一行都看到底，会一直看下去
_MARKS = re.compile(
    r"[*_`#\[\]|~>\\$&<]|^[^\S\n]*(?:(?:[-+]|\d+[.)])\s|[-=]{3,})", re.MULTILINE
)
_RULE = "————"


def plain_text(markdown: str) -> str:
    """得到读得下去的纯文本；没有记号的原样返回，解析不起的也原样返回。"""
    if not _MARKS.search(markdown):
        return markdown
    document = parse(markdown)
    if document is None:
        return markdown
    try:
        blocks = filter(None, map(_block, document.blocks))
        text = document.hidden.restore("\n\n".join(blocks))
    except RecursionError:  # 解析得了，写的时候又深了几层
        return markdown
    return text if text.strip() else markdown


def _block(node: SyntaxTreeNode) -> str:
    """一块。"""
    if node.type == "heading":
        words = _inline(node)
        return f"【{words}】" if node.tag in ("h1", "h2") else words
    if node.type in ("fence", "code_block"):
        # 空的代码块里，首行的字不是语言的名字，是它要说的
        return node.content.rstrip("\n") or node.info.strip()
    if node.type in ("bullet_list", "ordered_list"):
        return "\n".join(_items(node))
    if node.type == "blockquote":
        inner = "\n".join(map(_block, node.children))
        return "\n".join(f"│ {line}".rstrip() for line in inner.split("\n"))
    if node.type == "table":
        return "\n".join(_rows(node))
    return _RULE if node.type == "hr" else _inline(node)


def _items(node: SyntaxTreeNode) -> Iterator[str]:
    """列表的各项，里层的缩进。"""
    number = int(node.attrs.get("start", 1))
    for index, item in enumerate(node.children):
        text = "\n".join(filter(None, map(_block, item.children)))
        mark = f"{number + index}." if node.type == "ordered_list" else "•"
        task = re.match(r"\[([ xX])\] ", text)
        if task and node.type == "bullet_list":
            mark, text = ("☐" if task[1] == " " else "☑"), text[task.end() :]
        first, *more = text.split("\n")
        yield "\n".join([f"{mark} {first}".rstrip(), *(f"  {line}" for line in more)])


def _rows(node: SyntaxTreeNode) -> Iterator[str]:
    """表格：手机上字宽不一，对不齐，所以一行一条，两列以上的写明是哪一列。"""
    rows = [
        [_inline(cell).replace("\n", " ") for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    header, *body = rows
    if not body or len(header) < 3:
        yield from ("：".join(row) for row in rows)
        return
    for row in body:
        yield f"• {row[0]}"
        pairs = zip(header[1:], row[1:], strict=False)
        yield from (f"  {name}：{value}" for name, value in pairs if value)


def _inline(node: SyntaxTreeNode) -> str:
    """行内的字。"""
    if node.type == "link":
        return _link("".join(map(_inline, node.children)), str(node.attrs["href"]))
    if node.type == "image":
        return _link(f"[图片：{node.content}]", str(node.attrs["src"]))
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.children:
        return "".join(map(_inline, node.children))
    return re.sub(r"<br\s*/?>", "\n", node.content)


def _link(words: str, address: str) -> str:
    bare = address.removeprefix("mailto:")
    return words if words == bare or not address else f"{words}（{address}）"
