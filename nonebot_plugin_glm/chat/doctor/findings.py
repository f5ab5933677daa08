"""看出了什么，怎样说给机器人的主人。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """一处的好坏，从坏到好。"""

    BAD = "✗"
    """用不了"""
    WARN = "！"
    """用得了，可是不好"""
    FINE = "✓"


@dataclass(frozen=True, slots=True)
class Finding:
    """一处看出的。"""

    name: str
    state: State
    text: str
    """是什么样；不好时连同怎样治"""


def report(findings: Sequence[Finding]) -> str:
    """一处一行，坏的在前。"""
    order = list(State)
    found = sorted(findings, key=lambda finding: order.index(finding.state))
    problems = sum(finding.state is not State.FINE for finding in found)
    title = f"有 {problems} 处要看：" if problems else "一切正常。"
    return "\n".join([title, *(f"{f.state.value} {f.name}：{f.text}" for f in found)])
