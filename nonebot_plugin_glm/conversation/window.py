"""窗口：提问时带上哪些轮。纯函数，只看每一轮有多大。

一旦装不下就一次裁到一半，而不是每问一次丢一轮：GLM 对重复的开头只收零头，
所以开头要尽量久地保持不变。裁掉的轮只是不再发送，仍然存着。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NEARLY_FULL = 0.9
"""装到几成就该把较旧的一半折进摘要：余下的一成够等摘要写好。"""


@dataclass(frozen=True, slots=True)
class WindowLimits:
    """窗口最多有多大。"""

    turns: int
    tokens: int
    """估计的 token"""

    def holds(self, turns: int, tokens: int) -> bool:
        """装不装得下。"""
        return turns <= self.turns and tokens <= self.tokens

    def nearly(self) -> WindowLimits:
        """快要装满的大小。"""
        return WindowLimits(
            int(self.turns * NEARLY_FULL), int(self.tokens * NEARLY_FULL)
        )


def turns_to_drop(sizes: Sequence[int], limits: WindowLimits) -> int:
    """最旧的几轮该离开窗口：装得下是 0，装不下就裁到一半，但总留下最后一轮。

    上限是零轮时一轮不留：那是不要历史。

    参数:
        sizes: 窗口里每一轮的 token，从旧到新
        limits: 窗口的上限
    """
    if limits.holds(len(sizes), sum(sizes)):
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
