"""搁置多久、为哪些模型：纯粹的决定。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.parking import (
    ParkingTimes,
    Reach,
    beijing_time,
    parking_for,
)
from nonebot_plugin_glm.exception import (
    AuthError,
    ContentFilteredError,
    GLMError,
    ModelNotFoundError,
    NetworkError,
    QuotaError,
    RateLimitError,
    ServerError,
)

NOW = 1_800_000_000.0
"""北京时间 2027-01-15 16:00。"""
TIMES = ParkingTimes(refused=100, exhausted=10)
FREE, PAID = "glm-4.7-flash", "glm-4.6"


def quota(code: str, reset_at: str = "") -> QuotaError:
    """额度用完。"""
    return QuotaError(429, code, reset_at=reset_at)


@pytest.mark.parametrize(
    ("error", "seconds", "reach"),
    [
        (AuthError(401, "1000"), 100, Reach.KEY),
        (AuthError(401), 100, Reach.KEY),
        (AuthError(403, "1220"), 100, Reach.MODEL),
        (ModelNotFoundError(429, "1311"), 100, Reach.MODEL),
        (quota("1113"), 10, Reach.PAID),
        (quota("1304"), 10, Reach.MODEL),
        (quota("1313"), 10, Reach.KEY),
        (quota("1308", "2027-01-15 16:05:00"), 300, Reach.KEY),
        (quota("1308", "2027-01-15 15:59:59"), 10, Reach.KEY),
        (quota("1308", "2027-99-99 00:00:00"), 10, Reach.KEY),
    ],
)
def test_parked(error: GLMError, seconds: float, reach: Reach) -> None:
    """说了何时恢复（北京时间）就到那时，过去了的、读不懂的照默认。"""
    parking = parking_for(error, PAID, NOW, TIMES)
    assert parking is not None
    assert (parking.until - NOW, parking.reach) == (seconds, reach)


@pytest.mark.parametrize(
    "error",
    [
        RateLimitError(429, "1302"),
        ServerError(500),
        NetworkError(),
        ContentFilteredError(400, "1301"),
        ModelNotFoundError(400, "1211"),
        GLMError(),
    ],
)
def test_not_the_key(error: GLMError) -> None:
    """不怪密钥的不搁置。"""
    assert parking_for(error, PAID, NOW, TIMES) is None


@pytest.mark.parametrize(
    ("error", "model", "covered"),
    [
        (AuthError(401, "1000"), PAID, {PAID, FREE, "自建的", None}),
        (quota("1113"), PAID, {PAID, "自建的"}),
        (quota("1113"), FREE, {PAID, FREE, "自建的", None}),
        (AuthError(403, "1220"), PAID, {PAID}),
    ],
)
def test_covers(error: GLMError, model: str, covered: set[str | None]) -> None:
    """欠费的密钥仍能用免费的模型；缺一个模型的仍能用别的。"""
    parking = parking_for(error, model, NOW, TIMES)
    assert parking is not None
    everything = (PAID, FREE, "自建的", None)
    assert {m for m in everything if parking.covers(m)} == covered


def test_beijing_time() -> None:
    """给人看的是北京时间，不看机器的时区。"""
    assert beijing_time(NOW) == "01-15 16:00"
