"""熔断：接连失败就先不问，过一阵去探路，答出来就照常。"""

from __future__ import annotations

import asyncio

import pytest

from nonebot_plugin_glm.api.breaker import FAILURES, OPEN_SECONDS, Breaker
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.retry import RetryPolicy
from nonebot_plugin_glm.exception import (
    AuthError,
    GLMError,
    NetworkError,
    RateLimitError,
    ServerError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import MODEL, ONCE, WAYS, Connect, ask

SECOND = "glm-4-flash-250414"
TWICE = RetryPolicy(max_retries=1)
BUSY = RateLimitError(429, "1305")


def failing(breaker: Breaker, error: GLMError, times: int) -> bool:
    """接连失败这么多次之后熔断了没有。"""
    for _ in range(times):
        breaker.began("m")
        breaker.failed("m", error)
    return breaker.is_open("m")


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (BUSY, True),
        (RateLimitError(429), True),
        (ServerError(500), True),
        (NetworkError("ReadTimeout", silent=True), True),
        (NetworkError("ConnectError"), False),
        (RateLimitError(429, "1302"), False),
        (AuthError(401, "1000"), False),
    ],
)
def test_what_counts(error: GLMError, blamed: bool) -> None:
    """过载、内部错误、没有回音怪模型，别的不怪。"""
    assert failing(Breaker(lambda: 0.0), error, FAILURES) is blamed


def test_opens_and_closes() -> None:
    """差一次不熔断；答出一次就从头数；各个模型各算各的。"""
    breaker = Breaker(lambda: 0.0)
    assert not failing(breaker, BUSY, FAILURES - 1)
    breaker.succeeded("m")
    assert not failing(breaker, BUSY, FAILURES - 1)
    assert failing(breaker, BUSY, 1)
    assert not breaker.is_open("n")
    breaker.succeeded("m")
    assert not breaker.is_open("m")


def test_one_probe() -> None:
    """到时间放一个去探路，别的仍绕开；没有结果就再过一阵放下一个。"""
    moment = [0.0]
    breaker = Breaker(lambda: moment[0])
    failing(breaker, BUSY, FAILURES)
    moment[0] = OPEN_SECONDS
    assert not breaker.is_open("m")
    breaker.began("m")
    assert breaker.is_open("m")
    moment[0] += OPEN_SECONDS
    assert not breaker.is_open("m")


def asked(glm: FakeGLM) -> list[str]:
    """上次看过之后问过的模型，用一个字表示。"""
    models = ["甲" if body["model"] == MODEL else "乙" for body in glm.chats]
    glm.chats.clear()
    return models


@WAYS
async def test_straight_to_the_fallback(
    glm: FakeGLM, connect: Connect, way: str
) -> None:
    """熔断之后直接问后备，不再白等；探路失败不重试，成功了就照常。"""
    moment = [1_800_000_000.0]
    glm.busy = {MODEL: 1}
    client = connect(
        fallback_models=(SECOND,), retry=TWICE, clock=lambda: moment[0], auth="bearer"
    )
    for expected in ("甲甲乙", "甲甲乙", "甲乙", "乙", "乙"):
        assert await ask(client, way) == "收到：你好"
        assert asked(glm) == list(expected)
    moment[0] += OPEN_SECONDS
    for expected in ("甲乙", "乙"):
        await ask(client, way)
        assert asked(glm) == list(expected)
    moment[0] += OPEN_SECONDS
    glm.busy = {}
    for expected in ("甲", "甲"):
        await ask(client, way)
        assert asked(glm) == list(expected)


async def test_others_wait_for_the_probe(glm: FakeGLM, connect: Connect) -> None:
    """只有一个提问去探路，它还没有结果时别的提问仍由后备来答。"""
    moment = [1_800_000_000.0]
    glm.busy = {MODEL: 1}
    client = connect(
        fallback_models=(SECOND,), retry=ONCE, clock=lambda: moment[0], auth="bearer"
    )
    for _ in range(FAILURES):
        await ask(client)
    asked(glm)
    glm.busy = {}
    moment[0] += OPEN_SECONDS
    glm.script(faults.Slow(0.1))
    probe = asyncio.create_task(ask(client))
    await glm.wait_for_chats(1)
    await ask(client)
    assert asked(glm) == ["甲", "乙"]
    await probe
    await ask(client)
    assert asked(glm) == ["甲"]


async def test_still_asked_without_a_fallback(glm: FakeGLM, connect: Connect) -> None:
    """没有后备、后备胜任不了，熔断了也照样问、照样重试。"""
    glm.busy = {MODEL: 1}
    client = connect(retry=TWICE)
    for _ in range(5):
        with pytest.raises(RateLimitError):
            await ask(client)
        assert asked(glm) == ["甲", "甲"]
    glm.busy = {}
    assert await ask(client) == "收到：你好"


async def test_fallback_that_fails_too(glm: FakeGLM, connect: Connect) -> None:
    """熔断时后备不行，还是问想问的那个；都失败时报告它的失败。"""
    glm.busy = {MODEL: 1}
    client = connect(fallback_models=(SECOND,), retry=ONCE)
    for _ in range(FAILURES):
        await ask(client)
    asked(glm)
    glm.script(faults.Error.of("1211"), faults.Error.of("1234"))
    with pytest.raises(ServerError):
        await ask(client)
    assert asked(glm) == ["乙", "甲"]


async def test_silence_is_told_apart(
    glm: FakeGLM, connect: Connect, closed_port: int
) -> None:
    """问了没有回音与连不上是两回事。"""
    glm.always(faults.Slow(60))
    slow = Endpoint(base_url=glm.base_url, read_timeout=0.1)
    gone = Endpoint(base_url=f"http://127.0.0.1:{closed_port}")
    for endpoint, silent in ((slow, True), (gone, False)):
        with pytest.raises(NetworkError) as caught:
            await ask(connect(endpoint=endpoint, retry=ONCE))
        assert caught.value.silent is silent
