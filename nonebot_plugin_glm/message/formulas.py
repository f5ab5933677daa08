"""公式：不让 Markdown 碰它，去掉定界符，换成读得懂的字；不是强调的星号也藏起来。"""

from __future__ import annotations

import re
from collections.abc import Callable

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
    r"|(?<![A-Za-z0-9$\\])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![A-Za-z0-9$])",
    re.MULTILINE | re.DOTALL,
)

_LITERAL = ("star", "power", "raised", "dunder")
_LATEX = ("block", "bracket", "paren", "bare", "inline")


def hide_formulas(markdown: str) -> tuple[str, Callable[[str], str]]:
    """把公式换成占位的字，返回换过的文本与换回来的办法。"""
    if not any(mark in markdown for mark in "\\$*_"):
        return markdown, lambda text: text
    formulas: list[str] = []

    def hide(found: re.Match[str]) -> str:
        if found["code"] is not None:
            return found[0]
        literal = next(filter(None, map(found.group, _LITERAL)), "")
        latex = next(filter(None, map(found.group, _LATEX)), "")
        formulas.append(literal or legible(latex.strip()))
        return f"\ue000{len(formulas) - 1}\ue001"

    def restore(text: str) -> str:
        return re.sub(r"\ue000(\d+)\ue001", lambda found: formulas[int(found[1])], text)

    # 原文里的占位字符不是我们的
    clean = markdown.replace("\ue000", "").replace("\ue001", "")
    return _FORMULA.sub(hide, clean), restore
