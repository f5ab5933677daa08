"""公式：不让 Markdown 碰它，去掉定界符，把常见的命令换成看得懂的符号。"""

from __future__ import annotations

import re
from collections.abc import Callable

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
_REWRITES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(?:text|mathrm|mathbf|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\\[dt]?frac\{(\w)\}\{(\w)\}(?=[\w\\(])", r"(\1/\2)"),
    (r"\\[dt]?frac\{(\w)\}\{(\w)\}", r"\1/\2"),
    (r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)"),
    (r"\\sqrt\{(\w)\}", r"√\1"),
    (r"\\sqrt\{([^{}]*)\}", r"√(\1)"),
    (r"\\(?:left|right)(?=[(\[|)\].])", ""),
    (r"\\([A-Za-z]+)", lambda found: _SYMBOLS.get(found[1], found[0])),
    (r"\^\{?([0-9n+-]+)\}?", lambda found: found[1].translate(_SUPER)),
    (r"_\{?([0-9]+)\}?", lambda found: found[1].translate(_SUB)),
    (r"\\[,;:! ]", " "),
)


def hide_formulas(markdown: str) -> tuple[str, Callable[[str], str]]:
    """把公式换成占位的字，返回换过的文本与换回来的办法。"""
    if not any(mark in markdown for mark in "\\$*_"):
        return markdown, lambda text: text
    formulas: list[str] = []

    def hide(found: re.Match[str]) -> str:
        if found["code"] is not None:
            return found[0]
        names = ("block", "bracket", "paren", "star", "dunder", "inline")
        inner = next(found[name] for name in names if found[name] is not None)
        literal = found["star"] or found["dunder"]
        formulas.append(literal or legible(inner.strip()))
        return f"\ue000{len(formulas) - 1}\ue001"

    def restore(text: str) -> str:
        return re.sub(r"\ue000(\d+)\ue001", lambda found: formulas[int(found[1])], text)

    # 原文里的占位字符不是我们的
    clean = markdown.replace("\ue000", "").replace("\ue001", "")
    return _FORMULA.sub(hide, clean), restore


def legible(latex: str) -> str:
    """常见的命令换成符号，换不了的照写。"""
    for pattern, replacement in _REWRITES:
        latex = re.sub(pattern, replacement, latex)
    return latex
