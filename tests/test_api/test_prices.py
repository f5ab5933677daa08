"""prices：各档的价钱、命中缓存的价钱、另设的价钱。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.models import CATALOGUE
from nonebot_plugin_glm.api.prices import PriceList
from nonebot_plugin_glm.domain import Usage

PRICES = PriceList()
UNPRICED = {"glm-4.6", "glm-4.5", "glm-4.5-airx"}
"""价格页已经撤下的。"""

CASES = [
    ("glm-5.3", Usage(1_000_000, 0, 0), 8_000_000),
    ("glm-5.3", Usage(0, 0, 1_000_000), 28_000_000),
    ("glm-5.3", Usage(1_000_000, 1_000_000, 0), 2_000_000),
    ("glm-5.3", Usage(1000, 600, 100, 50), 400 * 8 + 600 * 2 + 100 * 28),
    ("glm-5.3-flash", Usage(1, 0, 0), 1),
    ("glm-5.3-flash", Usage(0, 0, 1), 3),
    ("glm-5.3-flash", Usage(100, 100, 0), 23),
    ("glm-4.7", Usage(31_999, 0, 199), 31_999 * 2 + 199 * 8),
    ("glm-4.7", Usage(31_999, 0, 200), 31_999 * 3 + 200 * 14),
    ("glm-4.7", Usage(32_000, 0, 199), 32_000 * 4 + 199 * 16),
    ("glm-5.1", Usage(31_999, 0, 1), 31_999 * 6 + 24),
    ("glm-5.1", Usage(32_000, 2_000, 1), 30_000 * 8 + 2_000 * 2 + 28),
    ("GLM-5.2", Usage(10, 0, 1), 108),
    ("glm-4-airx", Usage(10, 4, 0), 100),
    ("glm-4.7-flash", Usage(9_000, 0, 9_000), 0),
]


@pytest.mark.parametrize(("model", "usage", "cost"), CASES)
def test_cost(model: str, usage: Usage, cost: int) -> None:
    """按档计价，命中缓存的按命中的价，结果是整数的百万分之一元。"""
    assert PRICES.cost(model, usage) == cost


def test_the_whole_catalogue_is_priced() -> None:
    """目录里的模型都有价格，除了价格页撤下的；免费的不要钱。"""
    assert {model for model in CATALOGUE if not PRICES.knows(model)} == UNPRICED
    for info in CATALOGUE.values():
        paid = PRICES.cost(info.id, Usage(10_000, 0, 10_000)) > 0
        assert paid is not (info.free or info.id in UNPRICED), info.id


def test_a_hit_never_costs_more() -> None:
    """命中缓存从不比没有命中贵。"""
    for model in CATALOGUE:
        for prompt in (1_000, 100_000):
            cold = PRICES.cost(model, Usage(prompt, 0, 100))
            assert PRICES.cost(model, Usage(prompt, prompt, 100)) <= cold


def test_unknown_model() -> None:
    """不认识的模型算作零，看得出是不认识。"""
    assert PRICES.cost("my-own", Usage(1000, 0, 1000)) == 0
    assert not PRICES.knows("my-own")


def test_overrides() -> None:
    """另设的价格取代目录里的各档，也可以为不认识的模型设；不分大小写。"""
    prices = PriceList({"glm-4.7": [1, 2, 0.5], "My-Own": [0.001, 0.001, 0]})
    assert prices.cost("glm-4.7", Usage(100_000, 0, 10)) == 100_020
    assert prices.cost("glm-4.7", Usage(100, 100, 0)) == 50
    assert prices.cost("my-own", Usage(1_000, 0, 500)) == 2
    assert prices.knows("my-own")
    assert prices.cost("glm-5.3", Usage(1, 0, 0)) == 8


def test_impossible_usage() -> None:
    """上游把命中报得比提示还多，也不会倒贴钱。"""
    assert PRICES.cost("glm-5.3", Usage(10, 100, 0)) == 20
