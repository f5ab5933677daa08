"""公式：不让 Markdown 碰它，去掉定界符，把常见的命令换成看得懂的符号。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_FORMULA = re.compile(
    r"(?P<code>^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)|\Z)|`[^`\n]+`)"
    r"|\$\$(?P<block>.{1,1000}?)\$\$"
    r"|\\\[(?P<bracket>.{1,1000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    # 紧贴着字、后面不是数字的 $ 才是公式：「$5 和 $6」是钱
    r"|(?<=[A-Za-z0-9])(?P<star>\*)(?=[A-Za-z0-9])"
    r"|(?<!\w)(?P<dunder>__[A-Za-z]\w*__)(?!\w)"
    r"|(?<![A-Za-z0-9$\\])\$(?P<inline>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?![A-Za-z0-9$])",
    re.MULTILINE | re.DOTALL,
)
_TABLE = """
times × div ÷ cdot · pm ± leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡
to → rightarrow → Rightarrow ⇒ leftarrow ← Leftrightarrow ⇔ implies ⇒
infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ in ∈ notin ∉ subset ⊂ cup ∪ cap ∩
emptyset ∅ forall ∀ exists ∃ ldots … cdots … dots …
log log ln ln sin sin cos cos tan tan max max min min lim lim exp exp
alpha α beta β gamma γ delta δ epsilon ε theta θ lambda λ mu μ pi π rho ρ sigma σ
tau τ phi φ varphi φ omega ω Delta Δ Sigma Σ Omega Ω Gamma Γ
"""
_WORDS = _TABLE.split()
_SYMBOLS: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
_SUPER = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NESTED = 4
"""分数与根号至多套几层。"""
_REWRITES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(?:text|mathrm|mathbf|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\\[dt]?frac\{(\w)\}\{(\w)\}(?=[\w\\(])", r"(\1/\2)"),
    (r"\\[dt]?frac\{(\w)\}\{(\w)\}", r"\1/\2"),
    (r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\sqrt\{(\w)\}", r"√\1"),
    (r"\\sqrt\{([^{}]*)\}", r"√(\1)"),
    (r"\\(?:left|right)(?=[(\[|)\].])", ""),
    (r"(?<=\w)\\(?=(?:log|ln|sin|cos|tan|max|min|lim|exp)\b)", r" \\"),
    (r"\\([A-Za-z]+)", lambda found: _SYMBOLS.get(found[1], found[0])),
    (r"\^\{?([0-9n+-]+)\}?", lambda found: found[1].translate(_SUPER)),
    (r"_\{?([0-9]+)\}?", lambda found: found[1].translate(_SUB)),
    (r"\\[,;:! ]", " "),
)


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
        literal = found["star"] or found["dunder"]
        formulas.append(
            Formula(literal or legible(_inside(found).strip()), bool(literal))
        )
        return f"\ue000{len(formulas) - 1}\ue001"

    # 原文里的占位字符不是我们的
    clean = markdown.replace("\ue000", "").replace("\ue001", "")
    return Hidden(_FORMULA.sub(hide, clean), tuple(formulas))


def displayed_formulas(markdown: str) -> Iterator[str]:
    """独立成行的公式。"""
    for found in _FORMULA.finditer(markdown):
        if found["code"] is None and (found["block"] or found["bracket"]):
            yield found["block"] or found["bracket"]


def _inside(found: re.Match[str]) -> str:
    names = ("block", "bracket", "paren", "inline")
    return next((found[name] for name in names if found[name] is not None), "")


def legible(latex: str) -> str:
    """常见的命令换成符号，换不了的照写；套着的从里往外换。"""
    for _ in range(_NESTED):
        before = latex
        for pattern, replacement in _REWRITES:
            latex = re.sub(pattern, replacement, latex)
        if latex == before:
            break
    return latex
