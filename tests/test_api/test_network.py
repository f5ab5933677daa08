"""连不上、读超时、中途取消与并发：真的套接字。"""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.exception import InvalidRequestError, NetworkError, QuotaError
from tests.fake_glm import FakeGLM, faults
from tests.patience import wait_until

from .talk import ONCE, WAYS, Connect, ask, gather, whole


async def quiet(glm: FakeGLM, disconnects: int) -> None:
    """等到假服务器放下所有请求。"""
    await wait_until(lambda: (glm.disconnects, glm.in_flight) == (disconnects, 0))


@WAYS
async def test_refused(
    connect: Connect, delays: list[float], closed_port: int, way: str
) -> None:
    """连不上时重试三次后报告，文本只有类名。"""
    client = connect(endpoint=Endpoint(base_url=f"http://127.0.0.1:{closed_port}/v4"))
    with pytest.raises(NetworkError, match=r"^\w*Connect\w*Error$"):
        await ask(client, way)
    assert delays == [0.5, 1, 2]
    with pytest.raises(NetworkError):
        await client.check()


@pytest.mark.parametrize("url", ["127.0.0.1:8000/v1", "ftp://127.0.0.1/v1"])
async def test_not_http(connect: Connect, url: str) -> None:
    """地址不是 HTTP 的也是连不上，不是别的异常。"""
    with pytest.raises(NetworkError):
        await ask(connect(endpoint=Endpoint(base_url=url), retry=ONCE))


@WAYS
@pytest.mark.parametrize(
    "fault", [faults.Slow(60), faults.Stall(60), faults.Stall(60, chunks=1)]
)
async def test_read_timeout(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault
) -> None:
    """迟迟没有数据就放弃，并且断开连接。"""
    glm.always(fault)
    endpoint = Endpoint(base_url=glm.base_url, read_timeout=0.1)
    started = time.perf_counter()
    with pytest.raises(NetworkError, match="Timeout"):
        await ask(connect(endpoint=endpoint, retry=ONCE), way)
    assert time.perf_counter() - started < 20
    await quiet(glm, 1)


async def test_slow_but_steady(glm: FakeGLM, connect: Connect) -> None:
    """读超时管的是两次收到数据之间，不是整个回答。"""
    glm.answer, glm.chunk_size, glm.chunk_delay = "字" * 12, 1, 0.1
    endpoint = Endpoint(base_url=glm.base_url, read_timeout=0.8)
    client = connect(endpoint=endpoint, retry=ONCE)
    assert await ask(client, "streamed") == glm.answer


@WAYS
@pytest.mark.parametrize("fault", [faults.Slow(60), faults.Stall(60, chunks=1)])
async def test_cancel(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault
) -> None:
    """取消提问就断开连接，让出名额，之后照常使用。"""
    glm.script(fault)
    client = connect(endpoint=Endpoint(base_url=glm.base_url, max_concurrency=1))
    task = asyncio.create_task(ask(client, way))
    await glm.wait_for_chats(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await quiet(glm, 1)
    assert await asyncio.wait_for(ask(client, way), 20) == "收到：你好"


async def test_leaving_a_stream(glm: FakeGLM, connect: Connect) -> None:
    """看了一段就不看了，也断开连接，让出名额。"""
    glm.script(faults.Stall(60, chunks=1))
    client = connect(endpoint=Endpoint(base_url=glm.base_url, max_concurrency=1))
    got: list[str] = []
    task = asyncio.create_task(gather(client, got))
    await wait_until(lambda: got == ["收到：你"])
    task.cancel()
    await quiet(glm, 1)
    assert await asyncio.wait_for(ask(client), 20) == "收到：你好"


async def test_cancel_while_waiting_to_retry(glm: FakeGLM, connect: Connect) -> None:
    """等着重试时不占名额，取消也立刻生效。"""
    glm.script(faults.Error.of("1302"))
    endpoint = Endpoint(base_url=glm.base_url, max_concurrency=1)
    asleep = asyncio.Event()

    async def forever(seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    client = connect(endpoint=endpoint, sleep=forever)
    task = asyncio.create_task(ask(client))
    await asyncio.wait_for(asleep.wait(), 20)
    assert await asyncio.wait_for(ask(client), 20) == "收到：你好"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@WAYS
@pytest.mark.parametrize("limit", [1, 3])
async def test_concurrency(
    glm: FakeGLM, connect: Connect, way: str, limit: int
) -> None:
    """同时在途的请求不超过上限，也用得满上限。"""
    glm.hold()
    client = connect(endpoint=Endpoint(base_url=glm.base_url, max_concurrency=limit))
    asking = asyncio.gather(*(ask(client, way, text=f"{i}") for i in range(8)))
    await glm.wait_for_chats(limit)
    glm.release()
    answers = await asking
    assert answers == [f"收到：{i}" for i in range(8)]
    assert glm.max_in_flight == limit


async def test_concurrency_without_a_pool(connect: Connect) -> None:
    """上限是客户端自己的，不靠连接池。"""
    inside: list[int] = [0]

    async def handler(request: httpx.Request) -> httpx.Response:
        inside.append(inside[-1] + 1)
        await asyncio.sleep(0)
        inside.append(inside[-1] - 1)
        return whole({"content": "好"})

    endpoint = Endpoint(max_concurrency=2)
    client = connect(endpoint=endpoint, transport=httpx.MockTransport(handler))
    await asyncio.gather(*(ask(client, model="glm-4.6") for _ in range(6)))
    assert max(inside) == 2


async def test_failures_give_the_slot_back(glm: FakeGLM, connect: Connect) -> None:
    """失败的请求不吞掉名额。"""
    client = connect(endpoint=Endpoint(base_url=glm.base_url, max_concurrency=1))
    glm.script(*[faults.Error.of("1113")] * 3)
    for _ in range(3):
        with pytest.raises(QuotaError):
            await ask(client, "streamed")
    assert await asyncio.wait_for(ask(client), 20) == "收到：你好"


async def test_closed_client(connect: Connect) -> None:
    """关了的客户端不能再用。"""
    client = connect()
    assert await ask(client) == "收到：你好"
    await client.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await ask(client)


@WAYS
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed(
    connect: Connect, way: str, status: int
) -> None:
    """GLM 叫去别处问，不去：密钥与人说的话不交给别的服务器。"""
    visitors: list[bytes] = []

    async def elsewhere(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        visitors.append(await reader.read(1))
        writer.close()

    async def redirect(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        address = f"http://127.0.0.1:{port_of(other)}/"
        head = f"HTTP/1.1 {status} Moved\r\nLocation: {address}\r\n"
        writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(elsewhere, "127.0.0.1", 0) as other,
        await asyncio.start_server(redirect, "127.0.0.1", 0) as server,
    ):
        client = connect(
            endpoint=Endpoint(base_url=f"http://127.0.0.1:{port_of(server)}/v4"),
            retry=ONCE,
        )
        with pytest.raises(InvalidRequestError):
            await ask(client, way)
    assert visitors == []


def port_of(server: asyncio.Server) -> int:
    """服务器听着的端口。"""
    return server.sockets[0].getsockname()[1]
