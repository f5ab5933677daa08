"""到接口地址走一趟：不带密钥，只看通不通、它的钟是几点。"""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import aiohttp
import httpx

from ..exception import NetworkError
from .endpoint import Endpoint
from .wire import Wire


async def reach(
    endpoint: Endpoint, clock: Callable[[], float] = time.time
) -> float | None:
    """走一趟，返回本机的钟比它快多少秒，慢是负的；它没有说几点时是 `None`。

    异常:
        NetworkError: 到不了，文本是缘由的类名
    """
    try:
        wire = Wire(endpoint)
        try:
            before = clock()
            url = httpx.URL(f"{endpoint.base_url}/models")
            response = await wire.send("GET", url, {})
            await response.aclose()
            now = (before + clock()) / 2
        finally:
            await wire.aclose()
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as exc:
        raise NetworkError(type(exc.__cause__ or exc).__name__) from exc
    told = _seconds(response.headers.get("date", ""))
    return None if told is None else now - told


def _seconds(date: str) -> float | None:
    try:
        # 头里只到秒，取这一秒的中间
        return parsedate_to_datetime(date).timestamp() + 0.5
    except ValueError:
        return None
