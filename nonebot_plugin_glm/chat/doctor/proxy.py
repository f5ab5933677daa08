"""经不经代理，代理连不连得上。"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit
from urllib.request import getproxies

import anyio
import httpx

from ...api.endpoint import Endpoint
from ...api.proxies import proxy_for
from .findings import Finding, State

NAME = "代理"
_SECONDS = 5.0
_PORTS = {"http": 80, "https": 443}


async def look_at(endpoint: Endpoint) -> Finding:
    """看请求会经过的代理；密码从不说出来。"""
    proxy, source = _in_use(endpoint)
    if not proxy:
        return Finding(NAME, State.FINE, "没有用代理")
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    place = parts.netloc.rpartition("@")[2]
    if parts.scheme not in _PORTS:
        return Finding(
            NAME,
            State.BAD,
            f"{source} 里的 {place} 是 {parts.scheme} 的，只支持 HTTP 代理："
            "用代理软件的混合端口，或设置 GLM_PROXY",
        )
    try:
        port = parts.port or _PORTS[parts.scheme]
        with anyio.fail_after(_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, port)
    except (OSError, ValueError) as exc:  # 端口可能不是数字
        return Finding(
            NAME,
            State.BAD,
            f"{source} 里的 {place} 连不上（{type(exc).__name__}）："
            f"启动代理软件，或改 {source}",
        )
    writer.close()
    return Finding(NAME, State.FINE, f"{source} 里的 {place}，连得上")


def _in_use(endpoint: Endpoint) -> tuple[str, str]:
    """代理与它写在哪里：先看设置，再看环境变量。"""
    if endpoint.proxy:
        return endpoint.proxy, "GLM_PROXY"
    try:
        url = httpx.URL(endpoint.base_url)
    except httpx.InvalidURL:  # 地址不对自有一条来说
        return "", ""
    found = getproxies()
    kind = url.scheme if url.scheme in found else "all"
    return proxy_for(url, found) or "", f"环境变量 {kind.upper()}_PROXY"
