"""重试的测试：什么值得、等多久、试几次。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.retry import RetryPolicy, may_fall_back, retry_delay
from nonebot_plugin_glm.exception import (
    APIError,
    AuthError,
    ContextTooLongError,
    EmptyAnswerError,
    GLMError,
    NetworkError,
    ProtocolError,
    QuotaError,
    RateLimitError,
    ServerError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import WAYS, Connect, ask

POLICY = RetryPolicy()
BUSY = RateLimitError(429, "1305")


def waiting(seconds: str, status: int = 429) -> faults.Error:
    """带着 `Retry-After` 的回应。"""
    return faults.Error(status, None, "忙", {"Retry-After": seconds})


@pytest.mark.parametrize(
    ("attempt", "jitter", "seconds"),
    [(0, 0, 0.5), (1, 0, 1), (2, 0, 2), (3, 0, None), (0, 1, 0.375), (2, 0.5, 1.75)],
)
def test_backoff(attempt: int, jitter: float, seconds: float | None) -> None:
    """每次加倍，抖动至多减去四分之一，次数用完为止。"""
    assert retry_delay(BUSY, attempt, jitter, POLICY) == seconds


def test_backoff_is_capped() -> None:
    """等待有上限，次数再多也不会算不出来。"""
    policy = RetryPolicy(max_retries=10)
    delays = [retry_delay(BUSY, attempt, 0, policy) for attempt in range(10)]
    assert delays == [0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8]


@pytest.mark.parametrize(
    ("error", "retries"),
    [
        (BUSY, 3),
        (ServerError(500), 3),
        (NetworkError("ReadError"), 3),
        (ProtocolError("坏帧"), 1),
        (EmptyAnswerError("stop"), 1),
        (EmptyAnswerError("length"), 0),
        (QuotaError(429, "1113"), 0),
        (AuthError(401), 0),
        (ContextTooLongError(400), 0),
        (GLMError(), 0),
    ],
)
def test_worth(error: GLMError, retries: int) -> None:
    """每种失败值得重试几次；不许重试时一次也不。"""
    delays = [retry_delay(error, attempt, 0, POLICY) for attempt in range(5)]
    assert sum(delay is not None for delay in delays) == retries
    assert retry_delay(error, 0, 0, RetryPolicy(max_retries=0)) is None


@pytest.mark.parametrize("cls", [RateLimitError, ServerError])
@pytest.mark.parametrize(
    ("after", "delay"), [(7, 7), (30, 30), (30.5, None), (0, 0.5), (None, 0.5)]
)
def test_retry_after(
    cls: type[RateLimitError | ServerError],
    after: float | None,
    delay: float | None,
) -> None:
    """上游要求等多久就等多久，超过耐心就不等了。"""
    error = cls(429, retry_after=after)
    assert retry_delay(error, 0, 0, POLICY) == delay


@pytest.mark.parametrize(
    ("error", "worth"),
    [
        (BUSY, True),
        (ServerError(500), True),
        (NetworkError(), False),
        (QuotaError(429), False),
        (ProtocolError(), False),
    ],
)
def test_may_fall_back(error: GLMError, worth: bool) -> None:
    """只有过载与内部错误值得换模型。"""
    assert may_fall_back(error) is worth


@WAYS
@pytest.mark.parametrize(
    "fault",
    [
        *map(faults.Error.of, ("1302", "1303", "1305", "1312", "1701")),
        *map(faults.Error.of, ("500", "1120", "1200", "1230", "1234")),
        faults.ErrorIn200("1305"),
        faults.StreamError("1305"),
        faults.Html(502),
        faults.Html(504),
        faults.Error(408, None),
        faults.Reset(),
        faults.CutStream(0),
        faults.Finish("network_error", ""),
    ],
)
async def test_retried(
    glm: FakeGLM, connect: Connect, delays: list[float], way: str, fault: faults.Fault
) -> None:
    """过载、内部错误与断线隔 0.5、1、2 秒重试，第四次成功。"""
    glm.script(fault, fault, fault)
    assert await ask(connect(), way) == "收到：你好"
    assert len(glm.chats) == 4
    assert delays == [0.5, 1, 2]


@WAYS
async def test_gives_up(
    glm: FakeGLM, connect: Connect, delays: list[float], way: str
) -> None:
    """重试用完就报告最后的失败。"""
    glm.always(faults.Error.of("1302"))
    with pytest.raises(RateLimitError):
        await ask(connect(retry=RetryPolicy(max_retries=2, base=0.01)), way)
    assert len(glm.chats) == 3
    assert delays == [0.01, 0.02]


@WAYS
@pytest.mark.parametrize(
    "code",
    ["1000", "1113", "1210", "1211", "1214", "1220", "1261", "1301", "1308", "1311"],
)
async def test_not_retried(
    glm: FakeGLM, connect: Connect, delays: list[float], way: str, code: str
) -> None:
    """重试无益的失败恰好一个请求，也不换模型。"""
    glm.always(faults.Error.of(code))
    with pytest.raises(APIError) as caught:
        await ask(connect(fallback_models=("glm-4-flash-250414",)), way)
    assert caught.value.code == code
    assert len(glm.chats) == 1
    assert delays == []


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("after", "delay"), [("7", 7), ("30", 30), ("0", 0.5), ("soon", 0.5)]
)
async def test_retry_after_is_honoured(
    glm: FakeGLM,
    connect: Connect,
    delays: list[float],
    status: int,
    after: str,
    delay: float,
) -> None:
    """`Retry-After` 说等几秒就等几秒，读不懂就照自己的来。"""
    glm.script(waiting(after, status))
    assert await ask(connect()) == "收到：你好"
    assert delays == [delay]


async def test_retry_after_beyond_patience(
    glm: FakeGLM, connect: Connect, delays: list[float]
) -> None:
    """要等太久就不等，异常里说明要等多久。"""
    glm.always(waiting("31"))
    with pytest.raises(RateLimitError) as caught:
        await ask(connect())
    assert caught.value.retry_after == 31
    assert (len(glm.chats), delays) == (1, [])
