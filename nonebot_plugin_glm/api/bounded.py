"""回应有上限：坏了的上游不能撑满内存。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

from ..exception import ProtocolError

MAX_BODY_BYTES = 16 * 1024 * 1024
"""回应体的上限：最长的回答也不到 1 MB，更大的不是回答。"""


class BoundedResponse(httpx.Response):
    """读不过上限的回应；按解压后的大小算，几十 KB 能解压出几十 MB。

    参数:
        response: 传输层给的、还没读的回应
    """

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(
            response.status_code, headers=response.headers, stream=response.stream
        )

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """已解压的各段，httpx 的其他读法都由它来。

        异常:
            ProtocolError: 超过上限
        """
        size = 0
        async for chunk in super().aiter_bytes(chunk_size):
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise ProtocolError("回应太大")
            yield chunk
