"""服务器推送的事件流 -> Delta。"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable

import httpx
from httpx_sse import EventSource

from ..domain import Delta
from ..exception import NetworkError, ProtocolError
from .errors import error_in
from .schema import parse_reply


async def stream_deltas(
    response: httpx.Response, secrets: Iterable[str]
) -> AsyncIterator[Delta]:
    """逐帧读出回答，到 `[DONE]` 为止；最后总有一段带着结束原因。

    异常:
        APIError: 流里出现错误帧
        ProtocolError: 帧不是 JSON
        NetworkError: 没有结束原因就断开了
    """
    finished = False
    async for event in EventSource(response).aiter_sse():
        if event.data.startswith("[DONE]"):
            if not finished:
                yield Delta(finish="stop")
            return
        if not event.data:
            continue
        try:
            data = json.loads(event.data)
        except ValueError:
            raise ProtocolError("流里有坏帧") from None
        if (error := error_in(data, secrets)) is not None:
            raise error
        delta = parse_reply(data, "delta")
        finished = finished or bool(delta.finish)
        yield delta
    if not finished:
        raise NetworkError("回答没有说完就断开了")
