"""别人写的一栏文字 -> 短短的一行：什么类型都可能来，多长都可能。"""

from __future__ import annotations

from ..conversation.cleaning import one_line
from ..domain import well_formed

CUT = "……"
"""截断的地方。"""


def cut(text: str, limit: int) -> str:
    """太长的截断，连同省略号不超过 `limit` 字。"""
    if len(text) <= limit:
        return text
    return text[: max(limit - len(CUT), 0)] + CUT[:limit]


def brief(value: object, limit: int) -> str:
    """合成一行，看不见的字符去掉：换行与双向文字控制符能让它看起来像别的东西。"""
    return cut(one_line(well_formed(text_of(value)[: limit * 4])), limit)


def text_of(value: object) -> str:
    """号码有的客户端写成数，有的写成字符串；别的类型都是空串。"""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64:
        return str(value)
    return ""


def bracketed(word: str, *fields: str) -> str:
    """`[词：一栏｜又一栏]`，空的与重复的不写，全空则只有词。"""
    told = dict.fromkeys(filter(None, fields))
    return f"[{word}：{'｜'.join(told)}]" if told else f"[{word}]"
