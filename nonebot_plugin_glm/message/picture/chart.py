"""用量的图：值 -> HTML，由表格的宽度画成横条。

画图的 htmlkit 用 litehtml 排版，没有脚本，也不认 SVG，所以只用表格与颜色。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from . import WIDTH

_MARGIN, _LABEL, _VALUE = 56, 420, 360
_ROOM = WIDTH - 2 * _MARGIN - _LABEL - _VALUE
"""最长的一条多长。"""
_LEAST = 6
_LABEL_CELLS, _NARROW = 16, 0x2E80
"""名字至多几格宽；从这个字起每字两格。"""
_COLOURS = ("#3b7dd8", "#2a9d6f", "#c9762b", "#8a5cc2")
_STYLE = f"""
body {{ margin: 0; background: #ffffff; color: #222222; width: {WIDTH}px;
  font-size: 48px; font-family: "Noto Sans CJK SC", "Microsoft YaHei",
  "WenQuanYi Micro Hei", sans-serif; }}
.page {{ padding: 48px {_MARGIN}px; }}
.title {{ font-size: 64px; font-weight: bold; }}
.note {{ color: #666666; padding-top: 16px; }}
.heading {{ font-size: 52px; font-weight: bold; padding: 48px 0 12px; }}
table {{ border-collapse: collapse; }}
td {{ padding: 10px 0; line-height: 60px; font-size: 44px; }}
.label {{ width: {_LABEL}px; }}
.bar {{ height: 48px; }}
.value {{ padding-left: 20px; color: #444444; white-space: nowrap; }}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """一条。"""

    label: str
    value: int
    text: str
    """写在条后面的数"""


@dataclass(frozen=True, slots=True)
class Section:
    """一组可以互相比较的条。"""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """一张图。"""

    title: str
    note: str
    sections: tuple[Section, ...]

    @property
    def compares(self) -> bool:
        """有没有可比的：每组都只有一条就不值得画。"""
        return any(len(section.bars) > 1 for section in self.sections)


def chart_html(chart: Chart) -> str:
    """画出来的网页，宽 `WIDTH` 像素。"""
    parts = [
        f'<div class="title">{escape(chart.title)}</div>',
        f'<div class="note">{escape(chart.note)}</div>',
    ]
    for number, section in enumerate(chart.sections):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(f'<div class="heading">{escape(section.heading)}</div>')
        parts.append(_table(section.bars, colour))
    body = f'<div class="page">{"".join(parts)}</div>'
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f"<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _table(bars: Sequence[Bar], colour: str) -> str:
    most = max((bar.value for bar in bars), default=0) or 1
    rows = [
        f'<tr><td class="label">{escape(_short(bar.label))}</td>'
        f"<td>{_bar(bar.value / most, colour)}</td>"
        f'<td class="value">{escape(bar.text)}</td></tr>'
        for bar in bars
    ]
    return f"<table>{''.join(rows)}</table>"


def _bar(share: float, colour: str) -> str:
    """零不画；再小也看得见一线。"""
    if share <= 0:
        return ""
    width = max(_LEAST, round(share * _ROOM))
    return f'<div class="bar" style="width: {width}px; background: {colour};"></div>'


def _short(label: str) -> str:
    """装得进一行的名字：汉字算两格。"""
    room = _LABEL_CELLS
    for position, char in enumerate(label):
        room -= 2 if ord(char) > _NARROW else 1
        if room < 0:
            return f"{label[:position]}…"
    return label
