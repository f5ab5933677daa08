"""把长回答分成几条：在段落之间分，不切开代码块。"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.token import Token

_FENCE = re.compile(r"((?:\s*(?:>|[-*+]\s|\d+[.)]\s))*\s*)(`{3,}|~{3,})")
"""围栏的首行：引用与列表的记号、围栏。"""


def split_text(text: str, limit: int) -> list[str]:
    """分成每条至多 `limit` 字的几条，按 Markdown 的块分；正文一字不少，次序不变。

    单独一块就超长时才按行、再按字分；代码块分开后每一条都补上围栏。
    """
    if len(text) <= limit:
        return [text]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = [f"{line}\n" for line in text.split("\n")]
    tokens = block_tokens(text)
    fences = {t.map[0]: t.map[1] for t in tokens if t.type == "fence" and t.map}
    pieces: list[str] = []
    for start, end in _blocks(tokens, lines, limit):
        block = "".join(lines[start:end])
        if len(block.rstrip()) <= limit:
            units: Iterable[str] = (block,)
        else:
            units = _units(lines, start, end, fences)
        for unit in units:
            _append(pieces, unit, limit)
    trimmed = (piece.rstrip().lstrip("\n") for piece in pieces)
    return [piece for piece in trimmed if piece]


def block_starts(text: str) -> list[tuple[int, str]]:
    """顶层的块：首行与种类（markdown-it 的记号名）。"""
    return [
        (token.map[0], token.type)
        for token in block_tokens(text)
        if token.level == 0 and token.map
    ]


def _blocks(
    tokens: Sequence[Token], lines: Sequence[str], limit: int
) -> list[tuple[int, int]]:
    """顶层的块（首行、末行之后）；标题随后面的一块，只要合起来装得下。"""
    top = {t.map[0]: t.type for t in tokens if t.level == 0 and t.map}
    starts = sorted({0, *top})
    blocks: list[tuple[int, int]] = []
    headed = False
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        before = blocks[-1][0] if headed else start
        if headed and len("".join(lines[before:end]).rstrip()) <= limit:
            blocks[-1] = (before, end)
        else:
            blocks.append((start, end))
        headed = top.get(start) == "heading_open"
    return blocks


def block_tokens(text: str) -> list[Token]:
    """块的记号，行内的没有解析。"""
    # 短回答用不上，而导入它要六十毫秒
    from markdown_it import MarkdownIt

    # 只要块，不看行内：成片的「[」会让行内解析花上几秒
    return MarkdownIt("commonmark").enable("table").disable("inline").parse(text)


def _units(
    lines: Sequence[str], start: int, end: int, fences: dict[int, int]
) -> Iterator[str]:
    """一块里的行，代码块的各行合为一体。"""
    while start < end:
        following = min(fences.get(start, start + 1), end)
        yield "".join(lines[start:following])
        start = following


def _append(pieces: list[str], unit: str, limit: int) -> None:
    """接在最后一条后面，装不下就另起一条，一条也装不下就切开。"""
    if pieces and len(pieces[-1]) + len(unit.rstrip()) <= limit:
        pieces[-1] += unit
    elif len(unit.rstrip()) <= limit:
        pieces.append(unit)
    else:
        pieces.extend(_cut(unit, limit))


def _cut(unit: str, limit: int) -> Iterator[str]:
    """切开一行或一个代码块。"""
    opening, _, body = unit.partition("\n")
    fence = _FENCE.match(opening)
    if fence is None or not body:
        yield from _slices(unit, limit)
        return
    lines = _content(body, fence.group(2))
    marker = _outlasting(fence.group(2), lines)
    inside = re.sub(r"[^\s>]", " ", fence.group(1))
    opening = f"{fence.group(1)}{marker}{opening[fence.end() :]}"
    closing = f"{inside}{marker}"
    room = limit - len(opening) - len(closing) - 2
    if room - len(inside) < limit // 4:  # 围栏占去大半，补上它只会刷屏
        yield from _slices(unit, limit)
        return
    pieces: list[str] = []
    for line in lines:
        for index, part in enumerate(_slices(line, room - len(inside))):
            _append(pieces, f"{inside if index else ''}{part}\n", room)
    for piece in filter(str.strip, pieces):
        yield f"{opening}\n{piece.rstrip()}\n{closing}\n"


def _content(body: str, marker: str) -> list[str]:
    """代码块里的行，不含收尾的围栏。"""
    lines = body.rstrip("\n").split("\n")
    last = lines[-1].strip(" \t>")
    closed = len(last) >= len(marker) and set(last) == {marker[0]}
    return lines[:-1] if closed else lines


def _outlasting(marker: str, lines: Iterable[str]) -> str:
    """比代码里每一串同样的符号都长的围栏：切开的长行不会冒充它。"""
    runs = re.findall(rf"{marker[0]}+", "\n".join(lines))
    return marker[0] * max(len(marker), *(len(run) + 1 for run in runs), 0)


def _slices(line: str, limit: int) -> Iterator[str]:
    limit = max(limit, 1)
    for start in range(0, max(len(line), 1), limit):
        yield line[start : start + limit]
