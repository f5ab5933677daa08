"""备忘：一条是什么样，记不记得下。纯函数，不碰数据库。

备忘随每个提问带上，所以要有个限度：条数、每条的字数，共用的会话里还有一个人的条数，
免得一个人把别人的地方占满。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from .cleaning import one_line

NOTE_CHARS = 200
"""一条最多多少字。"""
MOST_NOTES = 50
"""一个会话最多多少条。"""
MOST_OF_ONE = 10
"""共用的会话里，不能替大家作主的人最多多少条。"""


@dataclass(frozen=True, slots=True)
class Note:
    """一条备忘，`text` 只有一行。"""

    text: str
    author_id: str = ""
    """是谁要记的，或从谁的话里记下的"""


class Refusal(str, Enum):
    """记不下的缘由。"""

    EMPTY = "empty"
    LONG = "long"
    KNOWN = "known"
    """已经记着了"""
    ENOUGH = "enough"
    """这个人记得够多了"""
    FULL = "full"
    """会话记满了"""


def note_of(text: str, author_id: str) -> Note:
    """由人或模型写的话得到一条备忘。"""
    return Note(one_line(text), author_id)


def refusal(note: Note, kept: Sequence[Note], most_of_one: int) -> Refusal | None:
    """一条备忘为什么记不下；记得下是 `None`。

    参数:
        note: 要记的
        kept: 已经记着的
        most_of_one: 这个人最多多少条
    """
    if not note.text:
        return Refusal.EMPTY
    if len(note.text) > NOTE_CHARS:
        return Refusal.LONG
    if any(other.text == note.text for other in kept):
        return Refusal.KNOWN
    if len(kept) >= MOST_NOTES:
        return Refusal.FULL
    mine = sum(other.author_id == note.author_id for other in kept)
    return Refusal.ENOUGH if mine >= most_of_one else None
