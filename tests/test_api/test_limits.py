"""同时能问几个：被拒绝就降，很久没有被拒绝再加一。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.limits import GROW_AFTER, Limit
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


def test_never_below_one() -> None:
    """别的进程占着也总要试一个。"""
    limit = Limit(1, 64, in_flight=1)
    for _ in range(3):
        limit.failed(CROWDED)
    assert limit.most == 1


@pytest.mark.parametrize(
    "error", [RateLimitError(429, "1305"), RateLimitError(429), ServerError(500)]
)
def test_only_1302_teaches(error: GLMError) -> None:
    """模型过载与内部错误不是因为问得太多。"""
    limit = Limit(8, 8, in_flight=8)
    limit.failed(error)
    assert limit.most == 8


def test_grows_slowly_up_to_the_ceiling() -> None:
    """满着答出很多个才加一，到顶为止；没有满着的不算，被拒绝就重新数。"""
    limit = Limit(1, 2, in_flight=0)
    for _ in range(GROW_AFTER):
        limit.succeeded()
    assert limit.most == 1
    limit.in_flight = 1
    for _ in range(GROW_AFTER - 1):
        limit.succeeded()
    limit.failed(CROWDED)
    for _ in range(GROW_AFTER - 1):
        limit.succeeded()
    assert limit.most == 1
    limit.succeeded()
    assert limit.most == 2
    limit.in_flight = 2
    for _ in range(3 * GROW_AFTER):
        limit.succeeded()
    assert limit.most == 2
