"""公式：不让 Markdown 碰它，去掉定界符，换成读得懂的字；不是强调的星号也藏起来。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .latex import legible

_FORMULA = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)|\Z)|`[^`\n]+`)"
    r"|\$\$(?P<block>.{1,1000}?)\$\$"
    r"|\\\[(?P<bracket>.{1,1000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    r"|(?P<bare>\\begin\{(?P<name>[a-z]+\*?)\}.{1,1000}?\\end\{(?P=name)\})"
    # 紧贴着字、后面不是数字的 $ 才是公式：「$5 和 $6」是钱
    r"|(?<=[A-Za-z0-9])(?P<star>\*)(?=[A-Za-z0-9])"
    r"|(?<=[A-Za-z0-9)\]])(?P<power>\*\*)(?=\d)|(?<=\d)(?P<raised>\*\*)(?=[A-Za-z])"
    r"|(?<!\w)(?P<dunder>__[A-Za-z]\w*__)(?!\w)"
    r"|(?<![A-Za-z0-9$\\])\$(?P<inline>[^\s$](?:[^$\n]{0,998}[^\s$\\])?)\$(?![A-Za-z0-9$])",
    re.MULTILINE | re.DOTALL,
)

_LITERAL = ("star", "power", "raised", "dunder")
_LATEX = ("block", "bracket", "paren", "bare", "inline")


@dataclass(frozen=True, slots=True)
class Formula:
    """一个公式，或一串不是记号的符号。"""

    text: str
    """看得懂的样子"""
    literal: bool
    """不是公式，只是不让 Markdown 碰的字，如 `__init__` 与乘号"""


@dataclass(frozen=True, slots=True)
class Hidden:
    """公式换成了占位的字的文本。"""

    text: str
    formulas: tuple[Formula, ...] = ()

    def restore(
        self, text: str, dress: Callable[[Formula], str] = lambda formula: formula.text
    ) -> str:
        """把占位的字换回来。

        参数:
            text: 由 `self.text` 变来的文本
            dress: 一个公式写成什么
        """
        if not self.formulas:
            return text
        return re.sub(
            r"\ue000(\d+)\ue001",
            lambda found: dress(self.formulas[int(found[1])]),
            text,
        )


def hide_formulas(markdown: str) -> Hidden:
    """把公式换成占位的字。"""
    if not any(mark in markdown for mark in "\\$*_"):
        return Hidden(markdown)
    formulas: list[Formula] = []

    def hide(found: re.Match[str]) -> str:
        if found["code"] is not None:
            return found[0]
        literal = next(filter(None, map(found.group, _LITERAL)), "")
        latex = next(filter(None, map(found.group, _LATEX)), "")
        formulas.append(Formula(literal or legible(latex.strip()), bool(literal)))
        return f"\ue000{len(formulas) - 1}\ue001"

    # 原文里的占位字符不是我们的
    clean = markdown.replace("\ue000", "").replace("\ue001", "")
    return Hidden(_FORMULA.sub(hide, clean), tuple(formulas))


def displayed_formulas(markdown: str) -> Iterator[str]:
    """独立成行的公式。"""
    for found in _FORMULA.finditer(markdown):
        if found["code"] is None:
            yield from filter(None, map(found.group, ("block", "bracket", "bare")))
