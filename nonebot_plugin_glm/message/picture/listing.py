"""代码块 -> HTML：高亮，长行在图的右边折下来。"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from unicodedata import east_asian_width

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.special import TextLexer
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    _TokenType,
)
from pygments.util import ClassNotFound

from .symbols import bare

_SIZES = (38, 34, 30)
"""字号，像素；长行先用小些的字，再小就看不清了，只好折行。"""
_LETTER = 0.603
"""等宽字体的一个字母占字号的多少。"""
_PADDING = 72
_TAB = 4
_KINDS: tuple[tuple[_TokenType, str], ...] = (
    (Comment.Preproc, "k"),
    (Comment, "c"),
    (Keyword.Constant, "n"),
    (Keyword, "k"),
    (Operator.Word, "k"),
    (String, "s"),
    (Number, "n"),
    (Name.Function, "f"),
    (Name.Class, "t"),
    (Name.Decorator, "t"),
    (Name.Builtin, "f"),
    (Name.Tag, "k"),
    (Name.Attribute, "f"),
    (Name.Variable, "t"),
    (Generic.Inserted, "yes"),
    (Generic.Deleted, "no"),
    (Generic.Heading, "f"),
)
"""记号的种类到样式表里的类名，先配上的为准。"""


def listing(code: str, language: str, room: int) -> str:
    """一个代码块。

    参数:
        code: 代码
        language: 围栏上写的语言，认不出就不高亮
        room: 图里给它的宽度，像素
    """
    code = bare(code).expandtabs(_TAB).rstrip("\n")
    widest = max(map(_width, code.split("\n")))
    columns = {size: int((room - _PADDING) / (size * _LETTER)) for size in _SIZES}
    size = next((size for size in _SIZES if widest <= columns[size]), _SIZES[-1])
    body = "".join(_wrapped(_lexer(language).get_tokens(code), columns[size]))
    label = f'<div class="language">{escape(language[:20])}</div>' if language else ""
    return (
        f'<div class="code">{label}<pre style="font-size:{size}px">{body}</pre></div>'
    )


def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False, ensurenl=False)


def _wrapped(tokens: Iterator[tuple[_TokenType, str]], columns: int) -> Iterator[str]:
    """逐个记号的 HTML，满了 `columns` 列就换行。"""
    column = 0
    for kind, text in tokens:
        pieces: list[str] = []
        for letter in text:
            width = _width(letter)
            if letter == "\n":
                column = 0
            elif column + width > columns:
                pieces.append("\n")
                column = 0
            column += 0 if letter == "\n" else width
            pieces.append(letter)
        yield _tinted(kind, "".join(pieces))


def _tinted(kind: _TokenType, text: str) -> str:
    words = escape(text, quote=False)
    name = next((name for parent, name in _KINDS if kind in parent), None)
    if name is None or not words.strip():
        return words
    return f'<span class="{name}">{words}</span>'


def _width(text: str) -> int:
    """占几列。"""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
