"""同时能问几个：被拒绝就降，有一阵没有被拒绝再加一。"""

from __future__ import annotations

from itertools import pairwise

import pytest

from nonebot_plugin_glm.api.limits import LATEST, SOONEST, Limit
from nonebot_plugin_glm.exception import GLMError, RateLimitError, ServerError

CROWDED = RateLimitError(429, "1302")


def refuse(limit: Limit) -> None:
    """在途的一个被拒绝，离开。"""
    limit.failed(CROWDED)
    limit.in_flight -= 1


def test_learns_the_limit_of_the_server() -> None:
    """一下子来了 64 个而服务器只收 5 个：59 个被拒绝之后恰好是 5。"""
    limit = Limit(64, 64, in_flight=64)
    for _ in range(59):
        refuse(limit)
    assert (limit.most, limit.in_flight, limit.full) == (5, 5, True)


def test_alone_and_refused() -> None:
    """只有一个在途还被拒绝，是别的程序占着：减半，但总要试一个。"""
    limit = Limit(8, 64, in_flight=1)
    seen = []
    for _ in range(5):
        limit.failed(CROWDED)
        seen.append(limit.most)
    assert seen == [4, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "error", [RateLimitError(429, "1305"), RateLimitError(429), ServerError(500)]
)
def test_only_1302_teaches(error: GLMError) -> None:
    """模型过载与内部错误不是因为问得太多。"""
    limit = Limit(8, 8, in_flight=8)
    limit.failed(error)
    assert limit.most == 8


def answer(limit: Limit, count: int, *, server: int) -> list[int]:
    """问得总是满的，答出 `count` 个；服务器只收 `server` 个。返回哪几次被拒绝。"""
    refused = []
    for number in range(count):
        limit.in_flight = limit.most
        if limit.most > server:
            refused.append(number)
            refuse(limit)
            limit.in_flight = limit.most
        limit.succeeded()
    return refused


def test_rarely_refused_again() -> None:
    """真的上限越来越少去碰，最后六十四个才一次；不会久久低于它。"""
    limit = Limit(1, 64)
    refused = answer(limit, 1000, server=1)
    gaps = [second - first for first, second in pairwise(refused)]
    assert refused[0] == SOONEST
    assert gaps == sorted(gaps)
    assert gaps[-1] == LATEST
    assert limit.most in (1, 2)


def test_chance_refusal_is_soon_forgotten() -> None:
    """碰巧被拒绝一次，几十个回答之后又同时问得很多。"""
    limit = Limit(8, 8, in_flight=2)
    refuse(limit)
    assert limit.most == 1
    assert answer(limit, 7 * SOONEST, server=64) == []
    assert limit.most == 8


def test_raised_limit_is_found() -> None:
    """碰了很多次的上限后来放宽了，也找得到。"""
    limit = Limit(1, 64)
    answer(limit, 1000, server=1)
    answer(limit, 2 * LATEST + 9 * SOONEST, server=64)
    assert limit.most >= 8


def test_only_a_full_house_counts() -> None:
    """没有满着的、到了顶的，答出多少也不加。"""
    idle, full = Limit(2, 8, in_flight=1), Limit(2, 2, in_flight=2)
    for limit in (idle, full):
        for _ in range(2 * LATEST):
            limit.succeeded()
        assert limit.most == 2
