"""流式响应的测试。"""

import time

import httpx
import pytest

from tests.fake_glm import FakeGLM

from .talk import ask, body, chunks_of, text_of


async def test_shape(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """每块都有 role，只有最后一块有 finish_reason 与用量。"""
    glm.answer = "一二三四五六"
    response = await ask(http, stream=True)
    assert response.headers["content-type"].startswith("text/event-stream")
    chunks = chunks_of(response)
    assert [list(chunk) for chunk in chunks] == [
        ["id", "created", "object", "model", "choices"],
        ["id", "created", "object", "model", "choices"],
        ["id", "created", "object", "model", "choices", "usage"],
    ]
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert [chunk["choices"][0] for chunk in chunks] == [
        {"index": 0, "delta": {"role": "assistant", "content": "一二三四"}},
        {"index": 0, "delta": {"role": "assistant", "content": "五六"}},
        {
            "index": 0,
            "finish_reason": "stop",
            "delta": {"role": "assistant", "content": ""},
        },
    ]
    assert chunks[-1]["usage"]["completion_tokens"] == 6


async def test_connection_is_closed(http: httpx.AsyncClient) -> None:
    """流结束后服务器关闭连接。"""
    response = await ask(http, stream=True)
    assert response.headers["connection"] == "close"


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_chunk_size(glm: FakeGLM, http: httpx.AsyncClient, size: int) -> None:
    """每块的字符数可以调整。"""
    glm.answer, glm.chunk_size = "一二三四五六七", size
    chunks = chunks_of(await ask(http, stream=True))
    assert text_of(chunks) == "一二三四五六七"
    assert len(chunks) == -(-7 // size) + 1


async def test_null_finish(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """开关打开后未结束的块带 null。"""
    glm.null_finish = True
    chunks = chunks_of(await ask(http, stream=True))
    reasons = [chunk["choices"][0]["finish_reason"] for chunk in chunks]
    assert reasons == [None] * (len(chunks) - 1) + ["stop"]


async def test_usage_chunk(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """开关打开后用量单独成块，choices 为空。"""
    glm.usage_chunk = True
    *_, last, extra = chunks_of(await ask(http, stream=True))
    assert "usage" not in last
    assert extra["choices"] == []
    assert extra["usage"]["total_tokens"] > 0


async def test_empty_answer(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """空回答的流只有最后一块。"""
    glm.answer = ""
    assert len(chunks_of(await ask(http, stream=True))) == 1


async def test_delays(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """首字节与块间的停顿都生效。"""
    glm.answer, glm.delay, glm.chunk_delay = "一二三四五六七八", 0.05, 0.05
    arrivals: list[float] = []
    start = time.perf_counter()
    request = http.stream("POST", "/chat/completions", json=body(stream=True))
    async with request as response:
        arrivals.append(time.perf_counter() - start)
        async for line in response.aiter_lines():
            if line:
                arrivals.append(time.perf_counter() - start)
    headers, *_, last, _ = arrivals
    assert headers >= 0.045
    assert last >= 0.045 + 2 * 0.045
