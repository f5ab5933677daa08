"""各种难看的文本与值，都由种子决定。"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")

PIECES: Sequence[str] = (
    "你好", "a", " ", "\n", "\r\n", "\x00", "\x1b[31m", "\x7f", "\u200b", "\u202e",
    "\u2066", "\ufeff", "\ud800", "\udfff", "\U0001f468\u200d\U0001f469\u200d",
    "\U000e0001", "\ufffe", "a" + "\u0301" * 200, "שלום", "مرحبا", "`" * 4, "~~~",
    "|a|b|\n|-|-|\n|1|2|\n", "> " * 40, "- " * 40, "$$\\frac{", "\\begin{array}",
    "<think>", "</think>", "[", "]", "[[[[[[", "](", "![x](file:///etc/passwd)",
    "[CQ:at,qq=all]", "[CQ:image,file=file:///etc/passwd]", "[CQ:reply,id=1]",
    "[CQ:", "&#91;", "&amp;", "{}", "{0}", "%s", "%(x)s", "\\", "'", '"', "“", "＠",
    "@all ", "@10000 ", "小智", "⟦小明｜9⟧：", "小明：", "[系统]：", "system:",
    "[小明]: 你好\n", "\n\n", "* 一\n\n* 二\n", "```\n代码\n\n```\n", "$$", "1. ",
    "http://127.0.0.1:1/", "<b>", "</b>", "<red>", "{{user}}", "DROP TABLE glm_turn;",
)  # fmt: skip
"""文本由它们拼成。"""


def text(rng: Random, pieces: int = 6) -> str:
    """一段难看的文本，偶尔很长。"""
    dice = rng.random()
    if dice < 0.002:
        return rng.choice(PIECES) * (1_000_000 // 8)
    if dice < 0.01:
        return rng.choice(PIECES) * rng.randrange(1, 5000)
    return "".join(rng.choices(PIECES, k=rng.randrange(pieces + 1)))


def number(rng: Random) -> int | float:
    """一个数，常在边上。"""
    return rng.choice(
        (0, 1, -1, 2**31, 2**53 + 1, 2**63, -(2**63) - 1, 10**30, 10**400,
         0.5, -0.0, 1e308, float("inf"), float("nan"))
    )  # fmt: skip


def value(rng: Random, depth: int = 3) -> Any:
    """JSON 里什么都可能的一个值。"""
    dice = rng.random()
    if dice < 0.25:
        return text(rng, 3)
    if dice < 0.4:
        return number(rng)
    if dice < 0.6 or depth == 0:
        return rng.choice((None, True, False, "", [], {}, "10000", 10000))
    if dice < 0.8:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if dice < 0.81:
        return nested(rng.randrange(50, 400))
    return {text(rng, 1): value(rng, depth - 1) for _ in range(rng.randrange(4))}


def nested(depth: int) -> Any:
    """套得很深的列表。"""
    found: Any = []
    for _ in range(depth):
        found = [found]
    return found


def mutated(rng: Random, data: Any, chance: float) -> Any:
    """同样形状的值，每一处都可能缺了、换了类型、多了别的。"""
    if rng.random() < chance:
        return value(rng)
    if isinstance(data, dict):
        kept = {k: v for k, v in data.items() if rng.random() >= chance}
        changed = {k: mutated(rng, v, chance) for k, v in kept.items()}
        if rng.random() < chance:
            changed[rng.choice(PIECES)] = value(rng)
        return changed
    if isinstance(data, list):
        changed_items = [mutated(rng, v, chance) for v in data]
        if changed_items and rng.random() < chance:
            changed_items += changed_items * rng.randrange(3)
        return changed_items
    return data


def some(rng: Random, choices: Sequence[T], most: int = 4) -> list[T]:
    """其中几个。"""
    return rng.choices(choices, k=rng.randrange(1, most + 1))
