"""线路：没有 httpx 的客户端，发出去的也与它的一样。"""

from __future__ import annotations

import httpx
import pytest
from httpx_aiohttp import HttpxAiohttpClient

from nonebot_plugin_glm.api.endpoint import Endpoint
from tests.fake_glm import FakeGLM

from .talk import Connect, answering, ask, whole


async def test_headers(glm: FakeGLM, connect: Connect) -> None:
    """每个请求的头与 httpx 的客户端发的一样，一个不多一个不少。"""
    agent = "nonebot-plugin-glm/9.9"
    client = connect(endpoint=Endpoint(glm.base_url, user_agent=agent))
    await ask(client)
    ours = glm.requests[0]
    async with HttpxAiohttpClient(headers={"User-Agent": agent}) as reference:
        await reference.post(
            f"{glm.base_url}/chat/completions",
            headers={
                "Authorization": ours.headers["Authorization"],
                "Content-Type": "application/json",
            },
            content=ours.raw,
        )
    assert dict(ours.headers) == dict(glm.requests[1].headers)
    await client.check()
    checked = glm.requests[2].headers
    extra = {"Content-Type", "Content-Length"}
    assert dict(checked) == {k: ours.headers[k] for k in ours.headers.keys() - extra}


async def test_request_of_a_transport(connect: Connect) -> None:
    """换上的传输层得到读得出的请求，与两种超时。"""
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return whole({"content": "好"})

    endpoint = Endpoint(connect_timeout=3, read_timeout=7)
    client = connect(transport=httpx.MockTransport(handler), endpoint=endpoint)
    assert await ask(client) == "好"
    assert b"glm-4.7-flash" in asked[0].content
    assert asked[0].headers["Host"] == "open.bigmodel.cn"
    wanted = {"connect": 3, "read": 7, "write": 7, "pool": None}
    assert asked[0].extensions["timeout"] == wanted


async def test_transport_comes_before_the_proxy(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """换上了传输层就不看环境变量里的代理。"""
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    client = connect(transport=answering(whole({"content": "好"})))
    assert await ask(client) == "好"


async def test_closed_before_the_first_question(connect: Connect) -> None:
    """一次没用就关了的，也不能再用。"""
    client = connect()
    await client.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        await ask(client)
