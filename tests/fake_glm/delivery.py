"""按步骤把响应写到连接上。"""

import asyncio
import socket
import struct
from collections.abc import Callable

from aiohttp import web

from .steps import HangUp, Head, Hold, Pause, Steps


class Delivery:
    """一个响应的送出过程；before_last 在最后一段字节之前调用。"""

    def __init__(
        self,
        request: web.Request,
        steps: Steps,
        before_last: Callable[[], None] = lambda: None,
    ) -> None:
        self._request = request
        self._steps = steps
        self._before_last = before_last
        self._response: web.StreamResponse | None = None

    @property
    def response(self) -> web.StreamResponse:
        """已经开始的响应，还没有开始时是一个空响应。"""
        return self._response or web.StreamResponse()

    async def run(self) -> web.StreamResponse:
        """走完全部步骤；客户端提前离开时抛出 ConnectionError 或被取消。"""
        written = [i for i, step in enumerate(self._steps) if isinstance(step, bytes)]
        for position, step in enumerate(self._steps):
            if isinstance(step, HangUp):
                return self._hang_up(step)
            if written and position == written[-1]:
                # 客户端读到最后一段就可能发下一个请求，名额须先让出来。
                self._before_last()
            if isinstance(step, Head):
                await self._open(step)
            elif isinstance(step, Pause):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Hold):
                await step.released.wait()
            elif self._response is not None:
                await self._response.write(step)
        if self._response is None:
            raise ValueError(self._steps)
        await self._response.write_eof()
        return self._response

    async def _open(self, head: Head) -> None:
        response = web.StreamResponse(status=head.status)
        response.headers["Content-Type"] = head.content_type
        response.headers["Server"] = "nginx/1.21.6"
        response.headers.update(head.headers)
        if head.length is None:
            response.force_close()
        else:
            response.content_length = head.length
        self._response = response
        await response.prepare(self._request)

    def _hang_up(self, step: HangUp) -> web.StreamResponse:
        transport = self._request.transport
        if transport is not None:
            if step.reset:
                linger = struct.pack("ii", 1, 0)
                connection: socket.socket = transport.get_extra_info("socket")
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            transport.abort()
        return self.response
