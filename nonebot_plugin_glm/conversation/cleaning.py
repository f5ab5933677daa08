"""把人写的话收拾成一行：名字、备忘、卡片的各栏都要。"""

from __future__ import annotations

import unicodedata


def one_line(text: str) -> str:
    """去掉看不见的字符（控制符、双向文字的控制符），空白并成一个空格。"""
    visible = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join("".join(visible).split())
