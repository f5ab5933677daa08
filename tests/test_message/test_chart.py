"""chart：值变成网页，只用表格与颜色，名字里的尖括号只是字。"""

from __future__ import annotations

import re

from nonebot_plugin_glm.message.picture.chart import Bar, Chart, Section, chart_html

BARS = (
    Bar("小明", 400, "0.4 元"),
    Bar("<b>小红</b>", 100, "0.1 元"),
    Bar("一点点", 1, "0.001 元"),
    Bar("没有", 0, "0 元"),
)
HTML = chart_html(Chart("标题<i>", "说明&", (Section("按成员", BARS),)))


def widths(html: str) -> list[int]:
    """各条的宽度。"""
    return [int(width) for width in re.findall(r'style="width: (\d+)px', html)]


def test_bars_are_proportional() -> None:
    """宽度与数成比例；再小也看得见，零不画。"""
    longest, quarter, least = widths(HTML)
    assert abs(longest / 4 - quarter) < 1
    assert least == 6


def test_everything_is_written() -> None:
    """标题、说明、各项的名字与数都在，都只是字。"""
    for words in ("标题&lt;i&gt;", "说明&amp;", "按成员", "小明", "0.4 元"):
        assert words in HTML
    assert "&lt;b&gt;小红" in HTML
    assert not re.search(r"<(b|i|script|svg)\b", HTML)


def test_long_names_are_cut() -> None:
    """太长的名字截短，汉字算两格。"""
    bars = (Bar("名" * 30, 1, "1"), Bar("x" * 30, 1, "1"), Bar("名" * 8, 1, "1"))
    labels = re.findall(
        r'class="label">([^<]*)<', chart_html(Chart("", "", (Section("", bars),)))
    )
    assert labels == ["名" * 8 + "…", "x" * 16 + "…", "名" * 8]


def test_nothing_to_draw() -> None:
    """都是零也画得出来。"""
    assert widths(chart_html(Chart("", "", (Section("", (Bar("", 0, ""),)),)))) == []
