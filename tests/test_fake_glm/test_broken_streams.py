"""断线、残帧与停顿一类故障的测试。"""

import json
import time
from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM, faults

from .talk import ask, error_of, frames_of

BOTH = pytest.mark.parametrize("stream", [False, True])
BROKEN = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.mark.parametrize(
    "fault",
    [
        faults.CutStream(),
        faults.CutStream(0),
        faults.SilentEOF(),
        faults.BrokenFrame(),
        faults.Reset(),
    ],
)
async def test_broken_body(
    glm: FakeGLM, http: httpx.AsyncClient, fault: faults.Fault
) -> None:
    """非流式时这些故障都是连接断在半路，且不算客户端断开。"""
    glm.script(fault)
    with pytest.raises(BROKEN):
        await ask(http)
    assert (await ask(http)).status_code == 200
    assert glm.disconnects == 0


async def gather_lines(response: httpx.Response, got: list[str]) -> None:
    """把非空的行逐一放进 got，断线时保留已收到的。"""
    async for line in response.aiter_lines():
        if line:
            got.append(line)


async def test_cut_stream(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """流在指定块数之后突然断开，之前的块完整送达。"""
    glm.script(faults.CutStream(2))
    got: list[str] = []
    request = http.stream("POST", "/chat/completions", json=stream_body())
    async with request as response:
        with pytest.raises(httpx.RemoteProtocolError):
            await gather_lines(response, got)
    assert len(got) == 2
    assert glm.disconnects == 0


def stream_body() -> dict[str, Any]:
    """回答较长的流式请求体。"""
    message = {"role": "user", "content": "一二三四五六七八九十"}
    return {"model": "glm-4.7-flash", "messages": [message], "stream": True}


@pytest.mark.parametrize("count", [0, 2])
async def test_silent_eof(glm: FakeGLM, http: httpx.AsyncClient, count: int) -> None:
    """流正常关闭，却没有结束原因与 [DONE]。"""
    glm.script(faults.SilentEOF(count))
    frames = frames_of(await ask(http, "一二三四五六七八", stream=True))
    assert len(frames) == count
    assert all("finish_reason" not in frame for frame in frames)


async def test_broken_frame(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """流中有一帧不是 JSON，其余照常。"""
    glm.script(faults.BrokenFrame(1))
    frames = frames_of(await ask(http, "一二三四五六七八", stream=True))
    assert frames[-1] == "[DONE]"
    bad: list[int] = []
    for position, text in enumerate(frames[:-1]):
        try:
            json.loads(text)
        except ValueError:
            bad.append(position)
    assert bad == [1]


async def test_stream_error(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """流中出现 error 帧后结束，非流式时是 200 里的错误。"""
    glm.always(faults.StreamError(1234, chunks=1))
    frames = frames_of(await ask(http, stream=True))
    assert len(frames) == 2
    assert json.loads(frames[1])["error"]["code"] == "1234"
    assert error_of(await ask(http)) == (200, "1234")


@pytest.mark.parametrize("count", [0, 1, 99])
@BOTH
async def test_stall(
    glm: FakeGLM, http: httpx.AsyncClient, stream: bool, count: int
) -> None:
    """响应头立刻到达，沉默之后照常完成。"""
    glm.script(faults.Stall(0.2, chunks=count))
    message = {"role": "user", "content": "你好"}
    data = {"model": "glm-4.7-flash", "messages": [message], "stream": stream}
    start = time.perf_counter()
    async with http.stream("POST", "/chat/completions", json=data) as response:
        text = (await response.aread()).decode()
    assert time.perf_counter() - start >= 0.19
    assert "finish_reason" in text
    assert text.endswith("data: [DONE]\n\n" if stream else "}")


@BOTH
async def test_slow(glm: FakeGLM, http: httpx.AsyncClient, stream: bool) -> None:
    """响应头迟到。"""
    glm.script(faults.Slow(0.1))
    start = time.perf_counter()
    response = await ask(http, stream=stream)
    assert time.perf_counter() - start >= 0.09
    assert response.status_code == 200


@BOTH
async def test_reset(glm: FakeGLM, http: httpx.AsyncClient, stream: bool) -> None:
    """连接在响应头之前被重置。"""
    glm.script(faults.Reset())
    with pytest.raises(httpx.ReadError):
        await ask(http, stream=stream)
