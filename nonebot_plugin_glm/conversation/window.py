"""窗口：提问时带上哪些轮。纯函数，只看每一轮有多大。

一旦装不下就一次裁到一半，而不是每问一次丢一轮：GLM 对重复的开头只收零头，
所以开头要尽量久地保持不变。裁掉的轮只是不再发送，仍然存着。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain import Turn

_TURN_OVERHEAD = 8
"""每一轮的角色标记大约占的 token。"""


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """窗口最多有多大。"""

    turns: int
    tokens: int
    """估计的 token"""


def estimate_tokens(text: str) -> int:
    """估计一段文本的 token：汉字每字 0.7，拉丁字母每字 0.3，宁多勿少。

    汉字在 UTF-8 里占三字节，从字节数就看得出有多少，比逐字看快得多。
    """
    wide = (len(text.encode("utf-8", "surrogatepass")) - len(text)) / 2
    return int(wide * 0.7 + max(0, len(text) - wide) * 0.3) + 1


def turn_tokens(turn: Turn) -> int:
    """估计一轮的 token。"""
    texts = (turn.referred, turn.question, turn.answer)
    return sum(estimate_tokens(text) for text in texts if text) + _TURN_OVERHEAD


def turns_to_drop(sizes: Sequence[int], limits: WindowLimits) -> int:
    """最旧的几轮该离开窗口：装得下是 0，装不下就裁到一半，但总留下最后一轮。

    上限是零轮时一轮不留：那是不要历史。

    参数:
        sizes: 窗口里每一轮的 token，从旧到新
        limits: 窗口的上限
    """
    if len(sizes) <= limits.turns and sum(sizes) <= limits.tokens:
        return 0
    if not limits.turns:
        return len(sizes)
    kept, room = 0, limits.tokens // 2
    for size in reversed(sizes):
        room -= size
        if kept >= max(1, limits.turns // 2) or (room < 0 and kept):
            break
        kept += 1
    return len(sizes) - kept
