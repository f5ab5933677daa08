"""要守住的数：每一项与只转发（或空插件）相比，最多或最少多少。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Results = Mapping[str, float]


@dataclass(frozen=True)
class Figure:
    """一项要守住的数。

    参数:
        words: 写进表里的话
        held: 由空插件、只转发、本插件的结果判断守没守住
    """

    words: str
    held: Callable[[Results, Results, Results], bool]


def at_most(
    name: str, words: str, times: float = 0, more: float = 0, *, of_empty: bool = False
) -> tuple[str, Figure]:
    """不超过尺的 `times` 倍再加 `more`；`times` 是 0 就只看 `more`。"""

    def held(empty: Results, limit: Results, ours: Results) -> bool:
        yardstick = empty if of_empty else limit
        return ours[name] <= yardstick.get(name, 0) * times + more

    return name, Figure(words, held)


def at_least(name: str, times: float) -> tuple[str, Figure]:
    """不少于只转发的 `times` 倍。"""

    def held(_: Results, limit: Results, ours: Results) -> bool:
        return ours[name] >= limit[name] * times

    return name, Figure(f"≥ 只转发 × {times}", held)


FIGURES = dict(
    (
        at_most("启动到可以连接（秒）", "≤ 只转发 + 0.25", 1, 0.25),
        at_most("导入插件（秒）", "≤ 0.35", 0, 0.35),
        at_most("歇着时的内存（MiB）", "≤ 只转发 + 15", 1, 15),
        at_most("每多一千个会话的内存（MiB）", "≤ 9.77", 0, 9.77),
        at_most("一条闲聊的 CPU（毫秒）", "≤ 空插件 × 1.5", 1.5, of_empty=True),
        at_most("一个提问的 CPU（毫秒）", "≤ 只转发 × 2", 2),
        at_most("一个提问的延迟，中位（毫秒）", "≤ 只转发 × 2", 2),
        at_most("一个提问的延迟，p99（毫秒）", "≤ 10", 0, 10),
        at_least("100 人同时问，每秒答几条", 0.7),
        at_most("100 人同时问，p95（秒）", "≤ 0.6", 0, 0.6),
        at_least("500 人同时问，每秒答几条", 0.6),
        *(at_most(f"{n} 人同时问，丢了几条", "0") for n in (1, 10, 100, 500)),
    )
)
"""见设计里的「要守住的数」；没有写的项只量不判。"""
