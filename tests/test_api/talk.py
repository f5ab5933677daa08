"""测试共用的提问、三种取回答的方式，以及换掉传输层的回应。"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, Final

import httpx
import pytest

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.retry import RetryPolicy
from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.domain import Answer, Message

KEY: Final = "7f3c9e1b5d2a4860b8e6f1c3a9d57204.Qx7LmZt2Vr9KpWd4"
OTHER: Final = "b81d40f2a96c47e35c08d1fa7e62935b.Hy4TnRc8Js3UgXe6"
"""第二个密钥。"""
MODEL: Final = "glm-4.7-flash"
ONCE: Final = RetryPolicy(max_retries=0)
WAYS: Final = pytest.mark.parametrize("way", ["whole", "collected", "streamed"])
"""非流式的、流式的、流式而且有人边写边看的。"""
Connect = Callable[..., GLMClient]


def chat(text: str = "你好", **fields: Any) -> ChatRequest:
    """一次只有一句话的提问。"""
    return ChatRequest(
        **{"model": MODEL, "messages": (Message("user", text),)} | fields
    )


class Eager:
    """写一段就看到一段的人；看到的在 `got` 里。"""

    def __init__(self, got: list[str] | None = None) -> None:
        self.got: list[str] = [] if got is None else got

    @property
    def seen(self) -> bool:
        """看到了没有；空白看不出来。"""
        return bool("".join(self.got).strip())

    def restart(self) -> None:
        """从头再写。"""
        self.got.clear()

    def read(self, text: str) -> None:
        """看到一段。"""
        self.got.append(text)


async def ask(client: GLMClient, way: str = "whole", **fields: Any) -> str:
    """按一种方式取得回答的全文。"""
    request = chat(stream=way != "whole", **fields)
    reader = Eager() if way == "streamed" else None
    return (await client.complete(request, reader)).text


async def gather(client: GLMClient, got: list[str]) -> Answer:
    """流式提问，把看见的正文逐段放进 got，失败时保留已看见的。"""
    return await client.complete(chat(), Eager(got))


def answering(*responses: httpx.Response) -> httpx.MockTransport:
    """依次给出这些回应的传输层。"""
    remaining = iter(responses)
    return httpx.MockTransport(lambda request: next(remaining))


def whole(message: object, **fields: object) -> httpx.Response:
    """非流式的回应。"""
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return httpx.Response(200, json={"choices": [choice]} | fields)


def frame(content: object, finish: str | None = None) -> dict[str, Any]:
    """流里的一块。"""
    choice = {"index": 0, "delta": {"content": content}}
    return {"choices": [choice | ({"finish_reason": finish} if finish else {})]}


def streamed(*frames: object, ending: bytes = b"data: [DONE]\n\n") -> httpx.Response:
    """流式的回应。"""
    lines = [b"data: " + json.dumps(body).encode() + b"\n\n" for body in frames]
    return raw_stream([*lines, ending])


def raw_stream(parts: Iterable[bytes], **headers: str) -> httpx.Response:
    """按给定的切分一段段到来的事件流。"""
    kind = {"Content-Type": "text/event-stream"}
    return httpx.Response(200, headers=kind | headers, content=_flow(parts))


async def _flow(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
