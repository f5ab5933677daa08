"""Markdown 的表格 -> 一行行的字：手机上的字不等宽，对齐的列反而难认。"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

NARROW = 20
"""一行至多多少个半角宽，才把各列放在一行里：手机上的一行大约两倍于此。"""
Row = Sequence[str]


def table_text(header: Row, rows: Sequence[Row]) -> str:
    """两列的写成「甲：乙」，窄的一行一行列出，其余每行一段，每格带上表头。"""
    if len(header) == 2 and rows:
        return _pairs(header, rows)
    everything = [row for row in (header, *rows) if any(row)]
    if not rows or len(header) == 1 or max(map(_width, everything)) <= NARROW:
        return "\n".join(_line(row) for row in everything)
    return "\n".join(_entry(header, row) for row in rows)


def _pairs(header: Row, rows: Sequence[Row]) -> str:
    title = ["：".join(filter(None, header))] if any(header) else []
    return "\n".join([*title, *(f"• {'：'.join(filter(None, row))}" for row in rows)])


def _line(row: Row) -> str:
    return " | ".join(row)


def _entry(header: Row, row: Row) -> str:
    named = [
        f"{name}：{cell}" if name else cell
        for name, cell in zip(header, row, strict=True)
        if cell
    ]
    return "\n".join(f"{'  ' if n else '• '}{line}" for n, line in enumerate(named))


def _width(row: Row) -> int:
    return sum(1 + (east_asian_width(char) in "WFA") for char in _line(row))
