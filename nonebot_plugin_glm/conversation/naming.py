"""人设的名字与分寸。纯函数，不碰数据库。"""

from __future__ import annotations

import unicodedata
from enum import Enum

from .cleaning import one_line

PERSONA_NAME = 32
"""名字最多多少字。"""
PERSONA_CHARS = 4000
"""聊天里添的，正文最多多少字。"""
MOST_PERSONAS = 50
"""一个群、一个人最多添多少个。"""
DEFAULT_NAMES = ("default", "默认")
"""默认的人设的叫法。"""
RESERVED = {*DEFAULT_NAMES, "add", "edit", "show", "remove"}
"""另有用处的词。"""


class PersonaRefusal(str, Enum):
    """存不下的缘由。"""

    EXISTS = "exists"
    MISSING = "missing"
    FULL = "full"


def persona_name(text: str) -> str | None:
    """合规矩的名字；不合规矩是 `None`。

    写法统一成 NFC：有的系统把文件名拆成字母与声调，人打的字却是合在一起的。
    """
    name = unicodedata.normalize("NFC", text)
    if name != one_line(name).replace(" ", "") or name in RESERVED:
        return None
    return name if 0 < len(name) <= PERSONA_NAME else None
