"""回应有上限：坏了的上游不能撑满内存。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

from ..exception import ProtocolError

MAX_BODY_BYTES = 16 * 1024 * 1024
"""回应体的上限：最长的回答也不到 1 MB，更大的不是回答。"""


class _BoundedStream(httpx.AsyncByteStream):
    """已解压、读到上限就停的回应流。"""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._response.aiter_bytes():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise ProtocolError("回应太大")
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


def bounded(response: httpx.Response) -> httpx.Response:
    """同一个回应，但读不过上限；按解压后的大小算，几十 KB 能解压出几十 MB。"""
    headers = response.headers.copy()
    headers.pop("content-encoding", None)
    return httpx.Response(
        response.status_code,
        headers=headers,
        stream=_BoundedStream(response),
        request=response.request,
    )
