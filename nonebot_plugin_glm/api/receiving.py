"""一个回应 -> 一段段的 Delta，流与整体的都读。"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import httpx

from ..exception import ProtocolError
from .delta import Delta
from .errors import error_in
from .schema import parse_reply, usage_in
from .sse import read_stream


async def receive(
    response: httpx.Response, secrets: Iterable[str], take: Callable[[Delta], None]
) -> None:
    """读完一个回应，每一段都交给 `take`；最后一段带着结束原因。

    参数:
        response: 状态为 200、还没读的回应；不照要求给流的也读
        secrets: 要从错误的说明里抹去的字符串
        take: 收下一段；不等它，它也不等

    异常:
        GLMError: 回应是错误，或读不懂
    """
    if "text/event-stream" in response.headers.get("content-type", ""):
        await read_stream(response, secrets, take)
    else:
        _read_whole(await response.aread(), secrets, take)


def _read_whole(
    body: bytes, secrets: Iterable[str], take: Callable[[Delta], None]
) -> None:
    try:
        data = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise ProtocolError("回应不是 JSON") from None
    if (error := error_in(data, secrets)) is not None:
        raise error
    if (usage := usage_in(data)) is not None:
        take(Delta(usage=usage))  # 结束原因可能就是一种失败，所以先报用量
    delta = parse_reply(data, "message")
    take(delta._replace(finish=delta.finish or "stop"))
