"""二十八件事件件有测试看守，`tests/README.md` 里的表与它们相符。"""

from __future__ import annotations

import os
import re
from pathlib import Path

from .rows import PROMISES, guards, table

README = Path(__file__).parents[1] / "README.md"
_BETWEEN = re.compile(
    r"(<!-- 二十八件事开始 -->\n\n).*?(\n\n<!-- 二十八件事结束 -->)", re.DOTALL
)


def test_every_row_is_guarded() -> None:
    """一件不少，也没有标错的号。"""
    assert sorted(PROMISES) == list(range(1, 29))
    assert sorted(guards()) == sorted(PROMISES)


def test_table_is_up_to_date() -> None:
    """表是 `WRITE_ROWS=1` 时由这里写出的；平常只核对。"""
    text = README.read_text("utf-8")
    wanted, count = _BETWEEN.subn(lambda m: f"{m[1]}{table()}{m[2]}", text)
    assert count == 1
    if os.environ.get("WRITE_ROWS"):
        README.write_text(wanted, "utf-8")
    assert README.read_text("utf-8") == wanted
