"""latex：公式变成一行读得懂的字。"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.message.latex import legible

CASES = {
    "roots": (r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}", "x = (-b ± √(b²-4ac))/(2a)"),
    "only the next character is raised": ("b^2-4ac", "b²-4ac"),
    "nested fraction": (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
    "half": (r"\frac{1}{2}mv^2", "(1/2)mv²"),
    "words": (r"\text{速度}=\frac{\text{路程}}{\text{时间}}", "速度=路程/时间"),
    "sum": (r"\sum_{i=1}^{n} i", "∑ᵢ₌₁ⁿ i"),
    "limit": (r"\lim_{x\to0}\frac{\sin x}{x}", "lim_(x→0) (sin x)/x"),
    "exponent": (r"e^{i\pi}+10^{-3}", "e^(iπ)+10⁻³"),
    "index": (r"x_{n+1}=x_{\text{max}}", "xₙ₊₁=x_max"),
    "cube root": (r"\sqrt[3]{8}", "³√8"),
    "degrees": (r"90^\circ", "90°"),
    "sets": (r"\left\{ x \in \mathbb{R} \mid x>0 \right\}", "{ x ∈ ℝ | x>0 }"),
    "function after a letter": (r"O(n\log n)", "O(n log n)"),
    "evaluated": (r"\left.\frac{dy}{dx}\right|_{x=0}", "dy/dx|_(x=0)"),
    "aligned": (r"\begin{aligned}S&=a\\&=b\end{aligned}", "S=a\n=b"),
    "matrix": (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "[1  2；3  4]"),
    "cases": (r"\begin{cases}1&x>0\\0&x=0\end{cases}", "{1  x>0；0  x=0}"),
    "binomial": (r"\binom{n}{k}", "C(n,k)"),
    "vectors": (r"\vec{a}\cdot\hat{b}", "a\u20d7·b\u0302"),
    "unknown": (r"\overline{A\frac{b}{c}}\foo", r"overline(A(b/c))\foo"),
    "percent": (r"50\%\quad", "50%  "),
}


@pytest.mark.parametrize(("latex", "expected"), CASES.values(), ids=CASES)
def test_every_kind(latex: str, expected: str) -> None:
    """常见的每一种写法。"""
    assert legible(latex) == expected


@given(st.text("ab中 \\{}^_$&%123[]()+-=\n", max_size=200))
def test_letters_are_kept(latex: str) -> None:
    """写得再乱也不抛异常，中文一字不少。"""
    assert len(re.findall("中", legible(latex))) == latex.count("中")


@pytest.mark.parametrize("mark", ["{", "^{", "\\frac{", "\\sqrt{", "\\begin{a}", "_"])
def test_hostile_latex_is_quick(mark: str) -> None:
    """成片的记号也很快：几十毫秒的事，越看越慢的要几分钟。"""
    started = time.process_time()
    legible(mark * 1000 + "}" * 1000)
    assert time.process_time() - started < 5
