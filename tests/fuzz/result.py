"""一类用例的结果。"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Result:
    """一类用例的结果。"""

    kind: str
    cases: int = 0
    seconds: float = 0.0
    grown: float = 0.0
    """热身之后长了多少 MiB"""
    slowest: tuple[float, int] = (0.0, 0)
    """最慢的用了多少秒、是第几个"""
    busiest: int = 0
    """一个用例最多调用了多少次接口"""
    silent: int = 0
    """没有回话的"""
    faults: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    """每种异常先在哪一个看到"""
