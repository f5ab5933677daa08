"""plain：Markdown 变成读得下去的纯文本，字一个不少。"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.message import formulas
from nonebot_plugin_glm.message.markdown import parse
from nonebot_plugin_glm.message.plain import plain_text

CASES = {
    "plain": ("你好，世界。", "你好，世界。"),
    "headings": ("# 一\n\n### 三", "【一】\n\n三"),
    "emphasis": ("**粗** *斜* ~~删~~ `码`", "粗 斜 删 码"),
    "chinese emphasis": ("**注意：**请看**“这里”**的", "注意：请看“这里”的"),
    "chinese italics": ("*斜。*后面***（粗斜）***后面", "斜。后面（粗斜）后面"),
    "chinese strike": ("~~删。~~后面", "删。后面"),
    "bold code": ("先写**`a`**再说", "先写a再说"),
    "two in a row": ("**问：**甲**答：**乙", "问：甲答：乙"),
    "half of it": ("说到**一半", "说到**一半"),
    "power": ("2**10 与 x**2 和 3**n", "2**10 与 x**2 和 3**n"),
    "dialogue": (
        "对白：\n\n[小明]: 你好\n[小红]: 好",
        "对白：\n\n[小明]: 你好\n[小红]: 好",
    ),
    "link": ("[文档](https://a.b/c_d)", "文档（https://a.b/c_d）"),
    "bare link": ("<https://a.b>", "https://a.b"),
    "image": ("![图](https://a.b/c.png)", "[图片：图]（https://a.b/c.png）"),
    "list": ("- 一\n  - 里\n- 二", "• 一\n  • 里\n• 二"),
    "ordered": ("3. 三\n4. 四", "3. 三\n4. 四"),
    "tasks": ("- [x] 做完\n- [ ] 没做", "☑ 做完\n☐ 没做"),
    "quote": ("> 一\n> 二", "│ 一\n│ 二"),
    "rule": ("一\n\n---\n\n二", "一\n\n————\n\n二"),
    "code": ("```py\na  =  *1*\n\n\nb\n```", "a  =  *1*\n\n\nb"),
    "words after a fence": ("说：\n~~~好了，就这些", "说：\n\n好了，就这些"),
    "pairs": ("| 键 | 值 |\n|---|---|\n| a | 1 |", "键：值\na：1"),
    "table": (
        "| 名 | 快 | 稳 |\n|---|---|---|\n| 甲 | 是 | 否 |",
        "• 甲\n  快：是\n  稳：否",
    ),
    "formula": ("$x^2 \\times \\frac{a}{b}$", "x² × a/b"),
    "block formula": ("$$\na_1 \\leq b\n$$", "a₁ ≤ b"),
    "brackets": ("\\(a*b*c\\) 与 \\[d_e\\]", "a*b*c 与 d_e"),
    "money": ("$5 和 $6", "$5 和 $6"),
    "product": ("2*3*4", "2*3*4"),
    "letters": ("a*b*c 与 __init__.py", "a*b*c 与 __init__.py"),
    "path": ("$HOME/bin:$PATH", "$HOME/bin:$PATH"),
    "formula in words": ("设$x_1$为根", "设x₁为根"),
    "half": ("$\\frac{1}{2}mv^2$", "(1/2)mv²"),
    "nested": (
        "$$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}$$",
        "x = (-b ± √(b² - 4ac))/(2a)",
    ),
    "function": ("$O(n\\log n)$", "O(n log n)"),
    "snake": ("snake_case_name 与 a_b", "snake_case_name 与 a_b"),
    "cq": ("[CQ:at,qq=all] &#91;x&#93;", "[CQ:at,qq=all] &#91;x&#93;"),
    "tags": ("a <b>c</b> <br> d", "a <b>c</b> \n d"),
    "bare environment": ("\\begin{aligned}a&=1\\\\b&=2\\end{aligned}", "a=1\nb=2"),
    "shell": ("`$HOME` 与 `$PATH`", "$HOME 与 $PATH"),
    "placeholder": ("\ue0000\ue001 **x**", "0 x"),
}


@pytest.mark.parametrize(("markdown", "expected"), CASES.values(), ids=CASES)
def test_every_kind(markdown: str, expected: str) -> None:
    """每一种记号。"""
    assert plain_text(markdown) == expected


@given(st.text("ab中 \n#-*>`~|1.[]()!&<$\\_^{}", max_size=200))
def test_letters_are_kept(markdown: str) -> None:
    """写得再乱也不抛异常；语言名与链接之外的中文一字不少。"""
    found = re.findall("中", plain_text(markdown))
    assert len(found) >= markdown.count("中") - _hidden(markdown)


def _hidden(markdown: str) -> int:
    """代码块的语言名与链接的定义里的字不显示。"""
    names = re.findall(r"^[ >*+\d.)-]*(?:`{3,}|~{3,}).*$", markdown, re.MULTILINE)
    links = re.findall(r"\[[^\]]*\]:?.*(?:\n.*){0,3}", markdown)
    return sum(text.count("中") for text in names + links)


@pytest.mark.parametrize(
    "mark", ["[", "*", "_a", ">", "`", "~", "$a", "\\[", "- ", "\n", "\r\n", " \n"]
)
def test_hostile_text_is_quick(mark: str) -> None:
    """成片的记号与空行不会卡住；太多就原样返回。"""
    for count in (1999, 100_000):
        before = time.process_time()
        assert plain_text(f"a{mark * count}b")
        assert time.process_time() - before < 20


@pytest.mark.parametrize(
    "markdown", ["> " * 30 + "字", "*a " * 995 + "b* " * 995], ids=["quotes", "stars"]
)
def test_too_deep_is_left_alone(markdown: str) -> None:
    """套得太深的原样返回，字不会丢，也不会抛异常。"""
    assert plain_text(markdown) == markdown


def test_only_short_formulas_are_rewritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """公式换成字的工夫按平方长：再长的不是公式，照写，不交给它。"""
    sizes: list[int] = []

    def measure(latex: str) -> str:
        sizes.append(len(latex))
        return latex

    monkeypatch.setattr(formulas, "legible", measure)
    assert plain_text(f"$a{' ' * 997}b$") == f"a{' ' * 997}b"
    assert sizes == [999]
    for opening, closing in (("$", "$"), ("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)")):
        plain_text(f"{opening}a{' ' * 100_000}b{closing}")
    assert max(sizes) <= 1000


@pytest.mark.parametrize("mark", "[*_`>~")
def test_too_many_marks_are_not_parsed(mark: str) -> None:
    """两千个记号以上的不是给人看的，行内解析的工夫按平方长：不解析。"""
    assert parse(f"a {mark} b\n\n" * 2000) is not None
    assert parse(f"a {mark} b\n\n" * 2001) is None
