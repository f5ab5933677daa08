"""中文里的强调：`**注意：**请看` 照 CommonMark 不算，它的规矩是为有空格的文字定的。

放宽的办法照 markdown-cjk-friendly：记号的两边有一边是中日韩的字或标点，
就不再看另一边是不是标点。
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

Rule = Callable[["StateInline", bool], bool]

_WIDE = "WFA"
"""全角的字；「“”」「…」与「·」在中文里也是，Unicode 算作两可（A）。"""


def befriend_chinese(parser: MarkdownIt) -> None:
    """让 `*`、`**` 与 `~~` 挨着中文标点时也认得出开头与结尾。"""
    from markdown_it.rules_inline import emphasis, strikethrough

    parser.inline.ruler.at("emphasis", _relaxed(emphasis.tokenize))
    parser.inline.ruler.at("strikethrough", _relaxed(strikethrough.tokenize))


def _relaxed(tokenize: Rule) -> Rule:
    def rule(state: StateInline, silent: bool) -> bool:
        start, known = state.pos, len(state.delimiters)
        if not tokenize(state, silent):
            return False
        before, after = state.src[start - 1 : start], state.src[state.pos :][:1]
        if state.src[start] != "_" and (_is_wide(before) or _is_wide(after)):
            for delimiter in state.delimiters[known:]:
                delimiter.open |= bool(after.strip())
                delimiter.close |= bool(before.strip())
        return True

    return rule


def _is_wide(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in _WIDE
