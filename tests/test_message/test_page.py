"""page：只有我们自己的标签，模型写的都是字。"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nonebot_plugin_glm.message.picture.listing import listing
from nonebot_plugin_glm.message.picture.page import page

OURS = {"p", "h1", "div", "span", "pre", "code", "blockquote", "table", "tr", "th"}
OURS |= {"td", "strong", "em", "s", "br", "hr", "sup", "sub", "wbr"}
OURS |= {f"h{level}" for level in range(2, 7)}
HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    "![x](http://127.0.0.1:9/x.png)",
    '[x](javascript:alert(1) "\\"><img src=x>")',
    "<style>@import url(http://127.0.0.1:9/);</style>",
    "```html\n</pre><img src=x>\n```",
    '```"><img/src=x>\nx\n```',
    "~~~$a<img$\nx\n~~~",
    "`<link rel=stylesheet href=x>`",
    "$<img src=x>$ 与 $$<iframe src=x>$$",
    "| <img src=x> |\n|:-:|\n| <b onload=x> |",
    "\ue0000\ue001<img>\ue002",
    "<http://a.b/<img>",
]


class Tags(HTMLParser):
    """页面里有哪些标签与属性。"""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes.update((name, value or "") for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(markdown: str) -> Tags:
    """读一页，样式之后的字才算。"""
    html = page(markdown, dark=False)
    assert html is not None
    tags = Tags()
    tags.feed(html.partition("<body>")[2])
    return tags


def check_safe(tags: Tags) -> None:
    """只有自己的标签，属性只有类名与我们写的大小。"""
    assert tags.found <= OURS
    for name, value in tags.attributes:
        assert name in ("class", "style")
        assert re.fullmatch(r"[a-z ]*|width:\d+em|font-size:\d+px", value)


@pytest.mark.parametrize("markdown", HOSTILE)
def test_no_foreign_tag(markdown: str) -> None:
    """标签、脚本、图片、样式都只是字，什么也不会去取。"""
    check_safe(read(markdown))


@settings(deadline=None)  # 第一次要导入解析器与高亮
@given(
    st.text("ab中（，<>&\"'$\\ \n#-*>`~|1.[]()!:/{}^_\ue000\ue001\ue002", max_size=200)
)
def test_whatever_is_written(markdown: str) -> None:
    """写得再乱也只有自己的标签。"""
    if page(markdown, dark=True) is not None:
        check_safe(read(markdown))


def test_themes() -> None:
    """两套颜色只差一个类名。"""
    light, dark = page("字", dark=False), page("字", dark=True)
    assert light is not None
    assert dark is not None
    assert '<html class="light">' in light
    assert dark == light.replace('class="light"', 'class="dark"', 1)


def test_blocks() -> None:
    """每一种块都在。"""
    tags = read(
        "# 一\n\n> 引\n\n- [x] 做\n- 项\n\n3. 三\n\n---\n\n"
        "**粗** *斜* ~~删~~ `码`\n行\n\n| 甲 | 乙 |\n|:-:|--:|\n| 1<br>2 | 3 |\n\n"
        "```py\nif x: pass\n```\n\n$$e^{x/2} + \\lim_{x\\to0} x$$"
    )
    assert OURS - tags.found == {"wbr", "h2", "h3", "h4", "h5", "h6"}
    text = "".join(tags.text)
    assert all(words in text for words in ("☑做", "•项", "3.三", "py", "if"))
    assert {("class", "center whole"), ("class", "right whole")} <= tags.attributes
    assert ("class", "formula") in tags.attributes


def test_emoji_become_symbols() -> None:
    """画不出的彩色表情换成符号，旗子与键帽换成字，只作装饰的不写。"""
    assert "".join(read("✅ 好❌坏🚀 1️⃣ 🇨🇳 ⚠️小心").text).split() == [
        "✔",
        "好✘坏",
        "1",
        "CN",
        "⚠小心",
    ]


def test_long_words_may_break() -> None:
    """长串处处可以折行，短的不切。"""
    html = page(f"{'a' * 100} word", dark=False)
    assert html is not None
    assert html.count("<wbr>") == 12
    assert "word" in html


def test_punctuation_stays_with_its_word() -> None:
    """标点不落在行首，前括号不落在行尾。"""
    html = page("你好，（注）", dark=False)
    assert html is not None
    assert '<span class="together" style="width:2em">好，</span>' in html
    assert '<span class="together" style="width:3em">（注）</span>' in html


TOO_MUCH = {
    "columns": "|" + "a|" * 11 + "\n|" + "-|" * 11 + "\n|" + "b|" * 11,
    "quotes": ">" * 15 + "a",
    "lists": "".join(f"{'  ' * depth}- a\n" for depth in range(9)),
    "marks": "*" * 3000,
}


@pytest.mark.parametrize("markdown", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_does_not_fit(markdown: str) -> None:
    """放不下或解析不起的不画。"""
    assert page(markdown, dark=False) is None


def test_listing_wraps() -> None:
    """长行先用小字，再折行，一个字也不少。"""
    short, longer, longest = (listing("x" * n, "", 1312) for n in (50, 60, 200))
    assert "font-size:38px" in short
    assert "font-size:34px" in longer
    assert "font-size:30px" in longest
    assert longest.count("x" * 68 + "\n") == 2
    assert longest.count("x") == 200 + len("px") - 1


def test_listing_highlights() -> None:
    """认得的语言高亮，不认得的照写。"""
    assert '<span class="k">def</span>' in listing("def f(): pass", "python", 1312)
    assert "def f(): pass" in listing("def f(): pass", "没有这种语言", 1312)
