"""服务器推送的事件流 -> Delta。"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, suppress

import anyio
import httpx
from httpx_sse import EventSource

from ..exception import NetworkError, ProtocolError
from .delta import Delta
from .errors import error_in
from .schema import parse_reply

DRAIN_SECONDS = 0.05
"""`[DONE]` 之后为读到结尾最多等多久。"""


async def read_stream(
    response: httpx.Response, secrets: Iterable[str], take: Callable[[Delta], None]
) -> None:
    """逐帧读出回答，每一段交给 `take`，到 `[DONE]` 为止；最后总有一段带着结束原因。

    异常:
        APIError: 流里出现错误帧
        ProtocolError: 帧不是 JSON
        NetworkError: 没有结束原因就断开了
    """
    # 事件流只有 UTF-8（WHATWG 的 HTML 标准），头里写成别的是写错了
    response.encoding = "utf-8"
    finished = False
    async with aclosing(EventSource(response).aiter_sse()) as events:
        async for event in events:
            frame = event.data
            if frame.startswith("[DONE]"):
                if not finished:
                    take(Delta(finish="stop"))
                await _drain(events)
                return
            if not frame:
                continue
            delta = _read(frame, secrets)
            finished = finished or bool(delta.finish)
            take(delta)
    if not finished:
        raise NetworkError("回答没有说完就断开了")


def _read(frame: str, secrets: Iterable[str]) -> Delta:
    """一帧里的一段。"""
    try:
        data = json.loads(frame)
    except (ValueError, RecursionError):
        raise ProtocolError("流里有坏帧") from None
    if (error := error_in(data, secrets)) is not None:
        raise error
    return parse_reply(data, "delta")


async def _drain(events: AsyncIterator[object]) -> None:
    """读到连接的结尾：没有读完的连接不能再用，下一个提问要重新握手。

    有的服务器在 `[DONE]` 之后不结束或径自断开：只等一瞬，断了也不要紧。
    """
    with anyio.move_on_after(DRAIN_SECONDS), suppress(httpx.HTTPError):
        async for _ in events:
            pass
