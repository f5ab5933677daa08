"""数怎样写给人看：次、token、钱。"""

from __future__ import annotations

_MICRO = 1_000_000


def yuan(cost: int) -> str:
    """百万分之一元 -> 多少元：一元以上到分，以下到万分之一。"""
    if 0 < cost < 100:
        return "不到 0.0001 元"
    places = 2 if cost >= _MICRO else 4
    text = f"{cost / _MICRO:,.{places}f}"
    return f"{text.rstrip('0').rstrip('.')} 元"


def amount(number: int, unit: str) -> str:
    """一个额度或用掉的：`100 次`、`500,000 token`、`5 元`。"""
    return yuan(number) if unit == "元" else f"{number:,} {unit}"


def percent(part: int, whole: int) -> str:
    """百分之几，取整；没有到顶就不写 100%。"""
    share = 100 * part // whole if whole else 0
    return f"{share}%"
