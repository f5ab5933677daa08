"""并发上限、断开计数与关闭的测试。"""

import asyncio
import time

import httpx
import pytest

from tests.fake_glm import FakeGLM, faults
from tests.patience import wait_until

from .talk import ask, body, error_of


async def test_limit(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """超过上限回 1302，不占名额也不消耗编排。"""
    glm.concurrency["glm-4.7-flash"] = 1
    glm.script(faults.Slow(0.5), faults.Ok("第二个"))
    first = asyncio.create_task(ask(http))
    await glm.wait_for_chats(1)
    assert glm.in_flight == 1
    assert error_of(await ask(http)) == (429, "1302")
    assert (await ask(http, model="glm-4.6")).text.count("第二个") == 1
    assert (await first).status_code == 200
    assert (await ask(http)).status_code == 200
    assert (glm.in_flight, glm.max_in_flight) == (0, 2)


@pytest.mark.parametrize("stream", [False, True])
async def test_slot_is_free_after_answer(
    glm: FakeGLM, http: httpx.AsyncClient, stream: bool
) -> None:
    """读完回答立刻再问，不会误报 1302。"""
    glm.concurrency["glm-4.7-flash"] = 1
    for _ in range(20):
        assert (await ask(http, stream=stream)).status_code == 200
    assert glm.max_in_flight == 1


async def test_unlimited(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """默认不限并发，并记住最大数目。"""
    glm.hold()
    asking = asyncio.gather(*(ask(http) for _ in range(5)))
    await glm.wait_for_chats(5)
    glm.release()
    responses = await asking
    assert {response.status_code for response in responses} == {200}
    assert glm.max_in_flight == 5


async def test_hold(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """扣住的回答一个字节也不送，放行之后照常；走了的算断开。"""
    glm.hold()
    left, asking = (asyncio.create_task(ask(http)) for _ in range(2))
    await glm.wait_for_chats(2)
    left.cancel()
    await wait_until(lambda: glm.disconnects == 1)
    assert not asking.done()
    glm.release()
    assert (await asking).status_code == 200
    assert glm.disconnects == 1


async def test_hold_in_the_middle(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """扣住的流先送出头几块。"""
    glm.answer = "一二三四五六七八"
    glm.hold(chunks=1)
    data = body(stream=True)
    async with http.stream("POST", "/chat/completions", json=data) as response:
        lines = response.aiter_lines()
        assert "一二三四" in await anext(lines)
        assert glm.in_flight == 1
        glm.release()
        assert "五六七八" in "".join([line async for line in lines])


async def settled(glm: FakeGLM, count: int) -> None:
    """等到断开数达到 count 且没有请求在处理。"""
    await wait_until(lambda: (glm.disconnects, glm.in_flight) == (count, 0))


@pytest.mark.parametrize(
    "fault", [faults.Slow(60), faults.Stall(60), faults.Stall(60, chunks=1)]
)
@pytest.mark.parametrize("stream", [False, True])
async def test_cancelled_client(
    glm: FakeGLM, http: httpx.AsyncClient, fault: faults.Fault, stream: bool
) -> None:
    """客户端在等待中取消，服务器立刻发觉并记一次。"""
    glm.script(fault)
    task = asyncio.create_task(ask(http, stream=stream))
    await glm.wait_for_chats(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settled(glm, 1)


async def test_timed_out_client(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """客户端读超时也算断开。"""
    glm.delay = 60
    with pytest.raises(httpx.ReadTimeout):
        await http.post(
            "/chat/completions", json=body(), timeout=httpx.Timeout(20, read=0.1)
        )
    await settled(glm, 1)


async def test_client_leaves_stream(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """读到一半离开算断开，读完不算。"""
    glm.answer, glm.chunk_delay = "一" * 400, 0.01
    data = body(stream=True)
    async with http.stream("POST", "/chat/completions", json=data) as response:
        await anext(response.aiter_raw())
    await settled(glm, 1)
    glm.chunk_delay = 0
    async with http.stream("POST", "/chat/completions", json=data) as response:
        await response.aread()
    await settled(glm, 1)


async def test_flooded_client_leaves(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """巨大的流写到一半对方离开，同样算断开。"""
    glm.script(faults.Huge(20_000_000))
    data = body(stream=True)
    async with http.stream("POST", "/chat/completions", json=data) as response:
        await anext(response.aiter_raw())
    await settled(glm, 1)


async def test_quick_exit() -> None:
    """有请求僵住时也能很快关闭，且不算客户端断开。"""
    headers: dict[str, str] = {}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        async with FakeGLM() as glm:
            http.base_url = glm.base_url
            http.headers["Authorization"] = glm.api_key
            glm.always(faults.Stall(60))
            tasks = [asyncio.create_task(ask(http, stream=True)) for _ in range(3)]
            await glm.wait_for_chats(3)
            start = time.perf_counter()
        assert time.perf_counter() - start < 10
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, httpx.TransportError) for result in results)
        assert (glm.disconnects, glm.in_flight) == (0, 0)


async def test_own_port() -> None:
    """可以指定端口，关闭后同一端口马上能再用。"""
    async with FakeGLM() as glm:
        port = int(glm.base_url.split(":")[2].split("/")[0])
    async with FakeGLM(port=port) as glm:
        assert glm.base_url == f"http://127.0.0.1:{port}/api/paas/v4"
