"""到 GLM 的线路：连接池、代理、超时与每个请求都一样的头。"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.request import getproxies

import httpx
from httpx_aiohttp import AiohttpTransport

from .bounded import BoundedResponse
from .endpoint import Endpoint
from .proxies import proxy_for


class Wire:
    """一条线路，机器人一生只开一条（新开一条要 18 毫秒）。

    请求直接交给 httpx 的传输层：`httpx.AsyncClient` 一路上的 cookie、认证与重定向这里
    都用不着，却要占去一个请求一半的 CPU 时间。

    参数:
        endpoint: 连哪里、怎么连
        transport: 测试时换掉网络，代理也不管了
    """

    def __init__(
        self, endpoint: Endpoint, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        url = httpx.URL(endpoint.base_url)
        self._transport = transport or _transport(endpoint, url)
        own = {"Host": url.netloc.decode("ascii"), "User-Agent": endpoint.user_agent}
        # 其余的头照 httpx 的客户端：它知道装着哪些解压的库
        defaults = httpx.AsyncClient(transport=self._transport, headers=own)
        self._headers = defaults.headers
        timeout = httpx.Timeout(
            endpoint.read_timeout, connect=endpoint.connect_timeout, pool=None
        )
        self._extensions = {"timeout": timeout.as_dict()}
        self._closed = False

    async def send(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes = b"",
    ) -> httpx.Response:
        """发出一个请求，得到还没读的回应，不论状态，读它有上限；用完要关。

        参数:
            method: 方法
            url: 地址，与 `endpoint.base_url` 同一个主机
            headers: 只属于这个请求的头
            body: 请求体，长度由 aiohttp 写进头里

        异常:
            httpx.HTTPError, aiohttp.ClientError, OSError: 到不了
        """
        if self._closed:
            raise RuntimeError("the wire has been closed")
        request = httpx.Request(
            method,
            url,
            headers=self._headers,
            # 给 `content` 的话，httpx 每次都把所有的头重写一遍
            stream=httpx.ByteStream(body),
            extensions=self._extensions,
        )
        for name, value in headers.items():
            request.headers[name] = value
        request.read()
        return BoundedResponse(await self._transport.handle_async_request(request))

    async def aclose(self) -> None:
        """关闭连接池，之后不能再用。"""
        self._closed = True
        await self._transport.aclose()


def _transport(endpoint: Endpoint, url: httpx.URL) -> httpx.AsyncBaseTransport:
    """先看设置里的代理，再看环境变量里的。"""
    proxy = endpoint.proxy or proxy_for(url, getproxies())
    return AiohttpTransport(
        limits=httpx.Limits(max_connections=endpoint.max_concurrency),
        proxy=httpx.Proxy(proxy) if proxy else None,
    )
