"""Markdown -> 不认 Markdown 的聊天里读得顺的纯文本；除了记号，一字不少。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .formula import readable
from .markdown import NESTING, whole_parser
from .tables import table_text

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_MARKED = re.compile(r"[*_`#\[\]~|\\$&<>]|^ *(?:[-+=]|\d{1,9}[.)])", re.M)
_HOSTILE, _DEEP = 3000, re.compile(r"^(?:[ \t]*(?:>|[-+*]|\d+[.)])){15}", re.M)
_TASK = re.compile(r"\[([ xX])\]\s+")
_INDENT, _QUOTE, _RULE = "  ", "> ", "————"
_BEFORE = re.compile(r"[A-Za-z0-9)\]}/.]$")
_AFTER = re.compile(r"[A-Za-z0-9(\[{/.]")


@dataclass(frozen=True, slots=True)
class _Block:
    """一块纯文本。"""

    text: str
    spaced: bool = True
    """下面是否空一行。"""
    verbatim: bool = False
    """代码：不缩进、不加引用的记号，复制下来就能用。"""


def plain_text(markdown: str) -> str:
    """读得顺的纯文本；没有 Markdown 的、存心刁难解析器的，原样返回。"""
    if not _MARKED.search(markdown) or _is_hostile(markdown):
        return markdown
    from markdown_it.tree import SyntaxTreeNode

    tokens = whole_parser().parse(markdown)
    if any(token.level >= NESTING - 1 for token in tokens):
        return markdown
    blocks = list(_blocks(SyntaxTreeNode(tokens).children))
    return "".join(_joined(blocks))


def _is_hostile(markdown: str) -> bool:
    """行内解析随方括号等的个数、块的解析随引用的层数，都不止成倍地变慢。"""
    return bool(_DEEP.search(markdown)) or any(
        markdown.count(sign) > _HOSTILE for sign in "[*_`<~&\\$"
    )


def _joined(blocks: Sequence[_Block]) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if index:
            above = blocks[index - 1]
            spaced = above.spaced or above.verbatim or block.verbatim
            yield "\n\n" if spaced else "\n"
        yield block.text


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Iterator[_Block]:
    for node in nodes:
        yield from (block for block in _block(node) if block.text)


def _block(node: SyntaxTreeNode) -> Iterator[_Block]:
    match node.type:
        case "heading":
            yield _Block(_heading(node), spaced=False)
        case "fence" | "code_block":
            yield _Block(node.content.removesuffix("\n"), verbatim=True)
        case "bullet_list" | "ordered_list":
            yield from _list(node)
        case "blockquote":
            yield from _quote(node)
        case "table":
            yield _Block(_table(node))
        case "hr":
            yield _Block(_RULE)
        case "math_block":
            yield _Block(readable(node.content))
        case _:
            yield _Block(_inline(node.children))


def _heading(node: SyntaxTreeNode) -> str:
    text = _inline(node.children)
    # 每一层都加记号就没有一层醒目
    marked = text and node.tag in ("h1", "h2") and not text.startswith("【")
    return f"【{text}】" if marked else text


def _list(node: SyntaxTreeNode) -> Iterator[_Block]:
    """各项之间不空行；整个列表之后才空一行。"""
    blocks = [block for item in node.children for block in _item(item)]
    for block in blocks[:-1]:
        yield replace(block, spaced=False)
    yield from blocks[-1:]


def _item(node: SyntaxTreeNode) -> Iterator[_Block]:
    ordered = node.parent is not None and node.parent.type == "ordered_list"
    marker = f"{node.info}{node.markup} " if ordered else "• "
    for index, block in enumerate(_blocks(node.children)):
        if block.verbatim:
            if not index:
                yield _Block(marker.rstrip())
            yield block
        elif index:
            yield replace(block, text=_prefixed(block.text, _INDENT))
        else:
            yield replace(block, text=_marked(block.text, marker))


def _marked(text: str, marker: str) -> str:
    task = _TASK.match(text)
    if task:
        marker = marker.replace("• ", "") + ("☐ " if task[1] == " " else "☑ ")
        text = text[task.end() :]
    return marker + _prefixed(text, _INDENT).removeprefix(_INDENT)


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join((prefix + line).rstrip() for line in text.split("\n"))


def _quote(node: SyntaxTreeNode) -> Iterator[_Block]:
    group: list[_Block] = []
    for block in [*_blocks(node.children), _Block("", verbatim=True)]:
        if not block.verbatim:
            group.append(block)
            continue
        if group:
            yield _Block(_prefixed("".join(_joined(group)), _QUOTE))
        yield block
        group = []


def _table(node: SyntaxTreeNode) -> str:
    rows = [
        [_inline(cell.children).replace("\n", " ").strip() for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    return table_text(rows[0], rows[1:])


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    text = ""
    for node in nodes:
        if node.type == "inline":
            text += _inline(node.children)
            continue
        piece = _piece(node)
        if node.type in ("em", "strong") and _is_literal(node, text, piece):
            piece = f"{node.markup}{piece}{node.markup}"
        text += piece
    return text


def _is_literal(node: SyntaxTreeNode, before: str, text: str) -> bool:
    """`2*3*4` 与 `__init__` 里的记号是字，不是强调。"""
    if node.markup.startswith("_"):
        return bool(re.fullmatch(r"[A-Za-z0-9_]+", text))
    following = node.next_sibling
    after = "" if following is None else following.content
    return bool(_BEFORE.search(before) and _AFTER.match(after))


def _piece(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak" | "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" if re.fullmatch(r"<br\s*/?>", node.content) else node.content
        case "math_inline":
            return readable(node.content)
        case "code_inline":
            # 单独的标点没有引号就看不出来
            return node.content if re.search(r"\w", node.content) else f"“{node.content}”"
        case "link" | "image":
            return _link(node)
        case _:
            return node.content if not node.children else _inline(node.children)


def _link(node: SyntaxTreeNode) -> str:
    text, image = _inline(node.children), node.type == "image"
    address = str(node.attrs.get("src" if image else "href", ""))
    title = node.attrs.get("title")
    target = f"{address} {title}" if title else address
    if image:
        text = f"[图片：{text}]" if text else "[图片]"
    elif not text or text in (target, target.removeprefix("mailto:")):
        return text or target
    return f"{text}（{target}）" if target else text
