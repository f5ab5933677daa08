"""choosing：什么值得画成图，什么不值得。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.message.picture.choosing import (
    LONGEST,
    Mode,
    codes,
    needs_picture,
    worth_picture,
)

CODE = "```py\na = 1\nb = 2\nc = 3\nd = 4\n```"
COMMAND = "```bash\npip install nonebot2\n```"
TABLE = "| 名 | 值 |\n|---|---|\n| a | 1 |"
FORMULA = "$$\nE = mc^2\n$$"
PROSE = "只是一段话。" * 20
CHAPTER = "# 标题\n\n" + "- 一项说明文字\n" * 150
LONG = 1000
NEEDED = {
    "code": (CODE, True),
    "code in a list": ("- 先\n\n  " + CODE.replace("\n", "\n  "), True),
    "code without an end": (CODE.removesuffix("```"), True),
    "table": (TABLE, True),
    "formula": (FORMULA, True),
    "bracketed formula": ("\\[x^2\\]", True),
    "command": (COMMAND, False),
    "airy code": ("```py\na = 1\n\n\nb = 2\n```", False),
    "inline formula": ("设 $x$ 与 $y$", False),
    "formula in code": ("```\n$$\nx\n$$\n```", False),
    "pipes": ("a || b | c", False),
    "prose": (PROSE, False),
    "short list": ("# 一\n\n- 二\n- **三**", False),
}
CASES: dict[str, tuple[str, Mode, bool]] = {
    "auto code": (CODE, "auto", True),
    "auto list": ("- 一\n- 二", "auto", False),
    "auto long": (CHAPTER, "auto", True),
    "auto long prose": (PROSE * 20, "auto", False),
    "image list": ("- 一\n- 二", "image", True),
    "image numbers": ("1. 一\n2. 二", "image", True),
    "image bold": ("**粗**", "image", True),
    "image formula": ("$x_1$", "image", True),
    "image prose": (f"{PROSE}\n\n\n{PROSE}", "image", False),
    "text code": (CODE, "text", False),
    "too long": (f"{CODE}\n\n{PROSE * (LONGEST // 100)}", "auto", False),
    "too many lines": ("```\n" + "x\n" * 600 + "```", "image", False),
}


@pytest.mark.parametrize(("markdown", "needed"), NEEDED.values(), ids=NEEDED)
def test_what_needs_a_picture(markdown: str, needed: bool) -> None:
    """几行代码、表格、独立的公式纯文本说不清；一行命令说得清。"""
    assert needs_picture(markdown) is needed


@pytest.mark.parametrize(("markdown", "mode", "worth"), CASES.values(), ids=CASES)
def test_what_is_worth_it(markdown: str, mode: Mode, worth: bool) -> None:
    """各种设置下画什么；太长的不画。"""
    assert worth_picture(markdown, mode, LONG) is worth


def test_codes() -> None:
    """各个代码块里的代码，不带围栏。"""
    found = list(codes(f"{COMMAND}\n\n文字\n\n{CODE}"))
    assert found == ["pip install nonebot2\n", "a = 1\nb = 2\nc = 3\nd = 4\n"]
