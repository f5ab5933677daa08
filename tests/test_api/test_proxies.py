"""环境变量里的代理：真的代理服务器看得见请求，选的与 httpx 的客户端一样。"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from httpx_aiohttp import HttpxAiohttpClient

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.exception import GLMError, NetworkError

from .talk import ONCE, Connect, ask


class Proxy:
    """什么都不给的 HTTP 代理，只记下叫它去哪里。"""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.url = ""

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """听一个请求：只有叫代理转交的才写全地址，或用 `CONNECT`。"""
        with suppress(asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head.split()[1])
            writer.write(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")
        writer.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Proxy]:
    """真的代理；环境变量里原有的不算，别的域名都没有。"""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    known = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "没有这个域名")
        return known(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    found = Proxy()
    async with await asyncio.start_server(found.serve, "127.0.0.1", 0) as server:
        found.url = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield found


@pytest.mark.parametrize(
    ("variable", "address", "exempt", "through"),
    [
        ("HTTP_PROXY", "http://glm.invalid", "", True),
        ("HTTP_PROXY", "https://glm.invalid", "", False),
        ("HTTPS_PROXY", "https://glm.invalid", "", True),
        ("HTTPS_PROXY", "http://glm.invalid", "", False),
        ("ALL_PROXY", "http://glm.invalid", "", True),
        ("all_proxy", "https://glm.invalid", "", True),
        ("ALL_PROXY", "http://glm.invalid", "*", False),
        ("ALL_PROXY", "http://glm.invalid", "other.invalid, *", False),
        ("ALL_PROXY", "http://glm.invalid", "other.invalid,, ", True),
        ("ALL_PROXY", "http://glm.invalid", "other.invalid, glm.invalid", False),
        ("ALL_PROXY", "http://glm.invalid", "GLM.invalid", False),
        ("ALL_PROXY", "http://api.glm.invalid", "glm.invalid", False),
        ("ALL_PROXY", "http://apiglm.invalid", "glm.invalid", True),
        ("ALL_PROXY", "http://api.glm.invalid", ".glm.invalid", False),
        ("ALL_PROXY", "http://glm.invalid", ".glm.invalid", True),
        ("ALL_PROXY", "http://glm.invalid", "glm.invalid:PORT", False),
        ("ALL_PROXY", "http://glm.invalid", "glm.invalid:1", True),
        ("ALL_PROXY", "http://glm.invalid", "http://glm.invalid", False),
        ("ALL_PROXY", "https://glm.invalid", "http://glm.invalid", True),
        ("ALL_PROXY", "http://api.glm.invalid", "http://glm.invalid", True),
        ("ALL_PROXY", "http://api.glm.invalid", "http://*.glm.invalid", False),
        ("HTTP_PROXY", "http://glm.invalid", "http://", False),
        ("ALL_PROXY", "http://127.0.0.1", "", True),
        ("ALL_PROXY", "http://127.0.0.1", "127.0.0.1", False),
        ("ALL_PROXY", "http://127.0.0.1", "127.0.0.0/8", True),
        ("ALL_PROXY", "http://127.0.0.1", "localhost", True),
        ("ALL_PROXY", "http://localhost", "localhost", False),
        ("ALL_PROXY", "http://api.localhost", "localhost", True),
        ("ALL_PROXY", "http://[::1]", "::1", False),
        ("ALL_PROXY", "http://[::1]", "", True),
    ],
)
@pytest.mark.parametrize("scheme", ["", "http://"])
async def test_same_as_httpx(
    connect: Connect,
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
    closed_port: int,
    variable: str,
    scheme: str,
    address: str,
    exempt: str,
    through: bool,
) -> None:
    """经不经代理，与 httpx 的客户端一样；直连的都连不上。"""
    monkeypatch.setenv(variable, scheme + proxy.url)
    monkeypatch.setenv("NO_PROXY", exempt.replace("PORT", str(closed_port)))
    base_url = f"{address}:{closed_port}/v4"
    async with HttpxAiohttpClient() as client:
        with suppress(httpx.HTTPError):
            await client.get(f"{base_url}/models")
    assert bool(proxy.asked) is through
    proxy.asked.clear()
    with suppress(GLMError):
        await connect(endpoint=Endpoint(base_url)).check()
    assert bool(proxy.asked) is through


async def test_setting_comes_first(
    connect: Connect, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, closed_port: int
) -> None:
    """设置了 `GLM_PROXY` 就不看环境变量，`NO_PROXY` 也不看。"""
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{closed_port}")
    monkeypatch.setenv("NO_PROXY", "*")
    endpoint = Endpoint("https://glm.invalid/v4", proxy=f"http://{proxy.url}")
    with pytest.raises(NetworkError):
        await ask(connect(endpoint=endpoint, retry=ONCE))
    assert proxy.asked == ["glm.invalid:443"]


async def test_bad_exemption(
    connect: Connect, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`NO_PROXY` 里写错的一项不管用，别的照旧；httpx 的客户端为它抛异常。"""
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "fe80::/10,a:b,glm.invalid")
    for host, asked in (("glm.invalid", 0), ("other.invalid", 1)):
        client = connect(endpoint=Endpoint(f"https://{host}/v4"), retry=ONCE)
        with pytest.raises(NetworkError):
            await ask(client)
        assert len(proxy.asked) == asked
