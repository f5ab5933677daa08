"""LaTeX -> 一行读得懂的字：从最里层的花括号起，一层层换成符号，换不了的照写。"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Rewrite = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_DEEPEST = 30
"""花括号最多往外换这么多层。"""
_TABLE = r"""
times × div ÷ cdot · pm ± mp ∓ leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠
approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ ast * star ⋆ circ ∘ degree °
to → rightarrow → longrightarrow → Rightarrow ⇒ leftarrow ← gets ← mapsto ↦ implies ⇒
Leftrightarrow ⇔ leftrightarrow ↔ iff ⇔ uparrow ↑ downarrow ↓ rightleftharpoons ⇌
infty ∞ partial ∂ nabla ∇ sum ∑ prod ∏ int ∫ iint ∬ oint ∮ prime ′ hbar ℏ ell ℓ
in ∈ notin ∉ ni ∋ subset ⊂ subseteq ⊆ supset ⊃ supseteq ⊇ cup ∪ cap ∩ setminus ∖
emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ lnot ¬ land ∧ wedge ∧ lor ∨ vee ∨
oplus ⊕ otimes ⊗ perp ⊥ parallel ∥ angle ∠ triangle △ because ∵ therefore ∴ mid |
ldots … cdots … dots … vdots ⋮ ddots ⋱ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈
rceil ⌉ lvert | rvert | vert | Vert ‖ colon : bullet • checkmark ✓
log log ln ln lg lg sin sin cos cos tan tan cot cot sec sec csc csc arcsin arcsin
arccos arccos arctan arctan sinh sinh cosh cosh tanh tanh max max min min sup sup
inf inf lim lim exp exp det det gcd gcd deg deg dim dim ker ker arg arg Pr Pr bmod mod
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ
iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ
varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ
Upsilon Υ Phi Φ Psi Ψ Omega Ω
"""
_WORDS = _TABLE.split()
_SYMBOLS: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
_SUPER = dict(zip("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", strict=True))
_SUB = dict(zip("0123456789+-=()nijkm", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢⱼₖₘ", strict=True))
_BOARD = dict(zip("CNPQRZ", "ℂℕℙℚℝℤ", strict=True))
_ESCAPED = "{}%$#&_"
_KEPT = "\ue002\ue003\ue004\ue005\ue006\ue007\ue008"
"""写成 `\\{` 的字先换成这些，免得与分组的花括号相混。"""
_ONE_WORD = re.compile(r"[∂√]?\s?\w+[′⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]*|[^\w\s]")


def _symbol(found: re.Match[str]) -> str:
    symbol = _SYMBOLS.get(found[1], found[0])
    # `n\log n` 的函数名不与前面的字连成一个词
    joined = symbol.isascii() and symbol.isalpha() and found.string[: found.start()]
    return f" {symbol}" if joined and joined[-1].isalnum() else symbol


def _grouped(words: str) -> str:
    """分子、根号下的字：不止一个词就括起来。"""
    words = words.strip()
    return words if _ONE_WORD.fullmatch(words) else f"({words})"


def _fraction(found: re.Match[str]) -> str:
    below = _grouped(found[2])
    if re.fullmatch(r"\d+[^\W\d]+", below):  # 1/2a 会读成二分之一个 a
        below = f"({below})"
    whole = f"{_grouped(found[1])}/{below}"
    before, after = found.string[: found.start()], found.string[found.end() :]
    tight = re.search(r"[\w)]$", before) or re.match(r"[\w\\(√]", after)
    return f"({whole})" if tight else whole


def _root(found: re.Match[str]) -> str:
    return f"{_small(found[1] or '', _SUPER)}√{_grouped(found[2])}"


def _small(words: str, letters: dict[str, str]) -> str:
    return "".join(letters.get(char, char) for char in words.strip())


def _script(found: re.Match[str]) -> str:
    """上下标：有小字就用小字，没有就写明。"""
    mark, words = found[1], found[2].strip()
    letters = _SUPER if mark == "^" else _SUB
    if all(char in letters for char in words):
        return _small(words, letters)
    bare = len(words) == 1 or (mark == "_" and _ONE_WORD.fullmatch(words))
    gap = " " if re.match(r"[\w(\\]", found.string[found.end() :]) else ""
    return f"{mark}{words}{gap}" if bare else f"{mark}({words}){gap}"


def _rows(found: re.Match[str]) -> str:
    """多行的环境：对齐的一行一行，矩阵与分段的括在一起。"""
    rows = [row.strip() for row in re.split(r"\\\\(?:\[[^\]]*\])?", found[2])]
    if found[1].startswith(("align", "gather", "split", "equation")):
        return "\n".join(row.replace("&", "") for row in rows if row)
    cells = [re.sub(r"\s*&\s*", "  ", row) for row in rows if row]
    opening, closing = _KEPT[:2] if "cases" in found[1] else "[]"
    return f"{opening}{'；'.join(cells)}{closing}"


_ENVIRONMENT = re.compile(
    r"\\begin\{([a-zA-Z]+)\*?\}(?:\{[lcr|\s]*\})?((?:(?!\\begin\{).)*?)\\end\{\1\*?\}",
    re.DOTALL,
)
_GROUP = r"\s*\{([^{}]*)\}"
_STYLES = (
    "text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|mathcal|boldsymbol"
    "|operatorname|boxed|ce|hline"
)
_INNERMOST: tuple[Rewrite, ...] = (
    (re.compile(rf"\\(?:{_STYLES})\*?{_GROUP}"), r"\1"),
    (re.compile(rf"\\mathbb{_GROUP}"), lambda found: _small(found[1], _BOARD)),
    (re.compile(r"\^\s*(?:\{\s*∘\s*\}|∘)"), "°"),
    (re.compile(rf"\\[dtc]?frac{_GROUP}{_GROUP}"), _fraction),
    (re.compile(rf"\\[dt]?binom{_GROUP}{_GROUP}"), r"C(\1,\2)"),
    (re.compile(rf"\\sqrt\s*(?:\[([^\[\]{{}}]*)\])?{_GROUP}"), _root),
    (re.compile(rf"\\bar{_GROUP}"), "\\1\u0304"),
    (re.compile(rf"\\hat{_GROUP}"), "\\1\u0302"),
    (re.compile(rf"\\vec{_GROUP}"), "\\1\u20d7"),
    (re.compile(rf"\\xrightarrow{_GROUP}"), r" —\1→ "),
    (re.compile(rf"([\^_]){_GROUP}"), _script),
    (re.compile(r"(?<![\\A-Za-z^_\]}])\{([^{}]*)\}"), r"\1"),
)
_UNKNOWN: Rewrite = (re.compile(rf"\\([A-Za-z]+){_GROUP}"), r"\1(\2)")
_ESCAPES: Rewrite = (
    re.compile(r"\\\\|\\([{}%$#&_])"),
    lambda found: _KEPT[_ESCAPED.index(found[1])] if found[1] else found[0],
)
_FIRST: tuple[Rewrite, ...] = (
    (re.compile(r"\\(?:left|right|[bB]igg?[lr]?)(?![A-Za-z])\s*\.?"), ""),
    (re.compile(r"\\(?:display|text)style(?![A-Za-z])|\\(?:no)?limits\b"), ""),
    (re.compile(r"\\(?:nonumber|hline)(?![A-Za-z])"), ""),
    (re.compile(r"\\q?quad(?![A-Za-z])"), "  "),
    (re.compile(r"\\([A-Za-z]+)"), _symbol),
)
_LAST: tuple[Rewrite, ...] = (
    (re.compile(r"\^([0-9ni])"), lambda found: _SUPER[found[1]]),
    (re.compile(r"_([0-9nijkm])(?![A-Za-z0-9])"), lambda found: _SUB[found[1]]),
    (re.compile(r"\s*\\\\\s*"), "\n"),
    (re.compile(r"\\\|"), "‖"),
    (re.compile(r"\\!"), ""),
    (re.compile(r"\\[,;: ]"), " "),
)


def legible(latex: str) -> str:
    """读得懂的写法。"""
    latex = _rewritten(latex, (_ESCAPES, *_FIRST))
    latex = _settled(latex, (_ENVIRONMENT, _rows))
    # 不认得的命令写成函数的样子，要等认得的都换完：它的参数里可能还有
    latex = _settled(_settled(latex, *_INNERMOST), _UNKNOWN, *_INNERMOST)
    return _rewritten(latex, _LAST).translate(str.maketrans(_KEPT, _ESCAPED))


def _rewritten(latex: str, rewrites: Iterable[Rewrite]) -> str:
    for pattern, replacement in rewrites:
        latex = pattern.sub(replacement, latex)
    return latex


def _settled(latex: str, *rewrites: Rewrite) -> str:
    """换到不再变为止。"""
    for _ in range(_DEEPEST):
        before, latex = latex, _rewritten(latex, rewrites)
        if latex == before:
            break
    return latex
