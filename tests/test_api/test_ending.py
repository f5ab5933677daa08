"""`[DONE]` 之后：连接读到结尾才能再用，读不到也不耽误回答。"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx
import pytest

from nonebot_plugin_glm.api import sse
from nonebot_plugin_glm.api.endpoint import Endpoint

from .talk import ONCE, Connect, answering, ask, frame

BODY = b"data: " + json.dumps(frame("好", "stop")).encode() + b"\n\ndata: [DONE]\n\n"
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)
Flow = Callable[[], AsyncIterator[bytes]]
STREAMED = pytest.mark.parametrize("way", ["collected", "streamed"])


async def silent() -> AsyncIterator[bytes]:
    """说完之后不结束。"""
    yield BODY
    await asyncio.Event().wait()


async def cut() -> AsyncIterator[bytes]:
    """说完之后径自断开。"""
    yield BODY
    raise httpx.ReadError("断了")


@STREAMED
@pytest.mark.parametrize("flow", [silent, cut])
async def test_answer_is_not_held_up(connect: Connect, way: str, flow: Flow) -> None:
    """`[DONE]` 之后服务器不结束或断开，回答照样立刻得到。"""
    headers = {"Content-Type": "text/event-stream"}
    reply = httpx.Response(200, headers=headers, content=flow())
    client = connect(transport=answering(reply), retry=ONCE)
    started = time.perf_counter()
    assert await ask(client, way) == "好"
    assert time.perf_counter() - started < 10


@STREAMED
async def test_connection_is_reused(
    connect: Connect, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """流结束得比 `[DONE]` 稍晚，下一个提问仍用同一条连接。"""
    monkeypatch.setattr(sse, "DRAIN_SECONDS", 20.0)
    connections: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        with suppress(asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                assert size is not None
                await reader.readexactly(int(size[1]))
                writer.write(HEAD + b"%x\r\n%b\r\n" % (len(BODY), BODY))
                await writer.drain()
                await asyncio.sleep(0.005)
                writer.write(b"0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    client = connect(endpoint=Endpoint(base_url=f"http://127.0.0.1:{port}/v4"))
    for _ in range(3):
        assert await ask(client, way) == "好"
    assert len(connections) == 1
    await client.aclose()
    server.close()
    await server.wait_closed()
