"""amounts：数写给人看的样子。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.message.amounts import amount, percent, yuan

MONEY = {
    0: "0 元",
    1: "不到 0.0001 元",
    99: "不到 0.0001 元",
    100: "0.0001 元",
    34_500: "0.0345 元",
    500_000: "0.5 元",
    1_000_000: "1 元",
    1_234_567: "1.23 元",
    10_000_000: "10 元",
    1_234_500_000: "1,234.5 元",
}


@pytest.mark.parametrize(("cost", "text"), MONEY.items())
def test_yuan(cost: int, text: str) -> None:
    """一元以上到分，以下到万分之一，再小也不写成零。"""
    assert yuan(cost) == text


def test_amounts() -> None:
    """带着单位，千分位。"""
    assert amount(1_234, "次") == "1,234 次"
    assert amount(500_000, "token") == "500,000 token"
    assert amount(5_000_000, "元") == "5 元"


def test_percent() -> None:
    """取整；差一点到顶的不写成 100%，什么也没有是 0%。"""
    assert [percent(999, 1000), percent(1, 1), percent(0, 0)] == ["99%", "100%", "0%"]
