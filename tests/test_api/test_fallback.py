"""换模型与失败的报告。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.retry import RetryPolicy
from nonebot_plugin_glm.exception import GLMError, RateLimitError, ServerError
from tests.fake_glm import FakeGLM, faults

from .talk import MODEL, ONCE, WAYS, Connect, ask, chat

SECOND, THIRD = "glm-4-flash-250414", "glm-4.5-flash"
TWICE = RetryPolicy(max_retries=1)


def asked(glm: FakeGLM) -> list[str]:
    """依次问过的模型。"""
    return [body["model"] for body in glm.chats]


@WAYS
async def test_next_model(glm: FakeGLM, connect: Connect, way: str) -> None:
    """重试用完仍过载就换下一个模型，依次换。"""
    glm.busy = {MODEL: 1, SECOND: 1}
    client = connect(fallback_models=(SECOND, THIRD), retry=TWICE)
    assert await ask(client, way) == "收到：你好"
    assert asked(glm) == [MODEL, MODEL, SECOND, SECOND, THIRD]


async def test_answer_tells_the_model(glm: FakeGLM, connect: Connect) -> None:
    """换了模型时，回答里说的是答的那个，请求体也照它来写。"""
    glm.busy = {MODEL: 1}
    client = connect(fallback_models=(SECOND,), retry=ONCE)
    answer = await client.complete(chat(max_tokens=100_000))
    assert answer.model == SECOND
    assert [body["max_tokens"] for body in glm.chats] == [100_000, 16_384]
    assert ["thinking" in body for body in glm.chats] == [True, False]


@WAYS
@pytest.mark.parametrize(
    "fault",
    [faults.Error.of("1302"), faults.Error.of("1211"), faults.Reset()],
)
async def test_first_failure_is_reported(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault
) -> None:
    """后备也都失败时报告最初的失败，不论后备为何失败。"""
    glm.script(faults.Error.of("1234"))
    glm.always(fault)
    with pytest.raises(ServerError) as caught:
        await ask(connect(fallback_models=(SECOND, THIRD), retry=ONCE), way)
    assert caught.value.code == "1234"
    assert asked(glm) == [MODEL, SECOND, THIRD]


async def test_same_model_is_skipped(glm: FakeGLM, connect: Connect) -> None:
    """后备就是原来的模型时跳过。"""
    glm.busy = {MODEL: 1}
    client = connect(fallback_models=(MODEL, SECOND), retry=ONCE)
    assert await ask(client) == "收到：你好"
    assert asked(glm) == [MODEL, SECOND]


async def test_impatience_falls_back(
    glm: FakeGLM, connect: Connect, delays: list[float]
) -> None:
    """要等太久时立刻换模型。"""
    glm.script(faults.Error(429, "1305", headers={"Retry-After": "3600"}))
    assert await ask(connect(fallback_models=(SECOND,))) == "收到：你好"
    assert (asked(glm), delays) == ([MODEL, SECOND], [])


async def test_no_fallback_for_the_network(glm: FakeGLM, connect: Connect) -> None:
    """断网时换模型无益。"""
    glm.always(faults.Reset())
    with pytest.raises(GLMError):
        await ask(connect(fallback_models=(SECOND,), retry=ONCE))
    assert asked(glm) == [MODEL]


@WAYS
async def test_every_failure_is_reported(
    glm: FakeGLM, connect: Connect, delays: list[float], way: str
) -> None:
    """每次失败都报告模型与等待，不再用这个模型时等待是 None。"""
    reports: list[tuple[type[GLMError], str, float | None]] = []

    def report(error: GLMError, model: str, delay: float | None) -> None:
        reports.append((type(error), model, delay))

    glm.busy = {MODEL: 1}
    glm.script(faults.Error.of("1234"))
    client = connect(fallback_models=(SECOND,), retry=TWICE, on_failure=report)
    await ask(client, way)
    assert reports == [(ServerError, MODEL, 0.5), (RateLimitError, MODEL, None)]
    assert delays == [0.5]
