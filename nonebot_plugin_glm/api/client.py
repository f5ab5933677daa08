"""GLM 客户端：流式与非流式，重试与换模型。"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Sequence,
)
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import httpx

from ..domain import Answer, Reader
from ..exception import ProtocolError
from .auth import Authenticator, AuthMode
from .collecting import WasteReport, collect, visible
from .connection import Connection, Endpoint
from .delta import Delta
from .errors import error_in
from .perseverance import FailureReport, Perseverance
from .retry import RetryPolicy
from .schema import ChatRequest, parse_reply, usage_in
from .sse import stream_deltas
from .tools import Reply


class GLMClient:
    """异步的 GLM 客户端。

    参数:
        key: API 密钥，空串时每个请求都抛 MissingKeyError
        auth: 认证方式
        endpoint: GLM 在哪里、怎么连
        retry: 重试的分寸
        fallback_models: 问它请求的模型过载时依次改用哪些模型
        on_failure: 每次失败的去处，用于日志
        transport: 测试时换掉网络
        clock: 返回 Unix 秒
        sleep: 重试前的等待
    """

    def __init__(
        self,
        key: str,
        *,
        auth: AuthMode = "auto",
        endpoint: Endpoint | None = None,
        retry: RetryPolicy | None = None,
        fallback_models: Callable[[], Sequence[str]] = tuple,
        on_failure: FailureReport = lambda error, model, delay: None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        endpoint = endpoint or Endpoint()
        authenticator = Authenticator(key, auth, clock) if key else None
        self._connection = Connection(endpoint, authenticator, transport)
        self._slots = asyncio.Semaphore(endpoint.max_concurrency)
        self._perseverance = Perseverance(
            retry or RetryPolicy(), fallback_models, on_failure, sleep
        )

    async def complete(
        self,
        request: ChatRequest,
        reader: Reader | None = None,
        on_waste: WasteReport = lambda model, usage: None,
    ) -> Answer:
        """问一次，得到完整的回答；读到一半断开也会重试，只要还没有人看见。

        参数:
            request: 请求，没有工具
            reader: 边写边看的人；他看到一部分之后的失败不再重试
            on_waste: 没有答成而 GLM 照样计费的请求的去处，用于记账

        异常:
            GLMError: 重试与换模型之后仍然失败
        """
        return (await self.reply(request, reader, on_waste)).answer

    async def reply(
        self,
        request: ChatRequest,
        reader: Reader | None = None,
        on_waste: WasteReport = lambda model, usage: None,
    ) -> Reply:
        """问一次，得到一个回合：回答，或要用的工具；其余同 `complete`。"""
        collect = partial(self._collect, reader=reader, on_waste=on_waste)
        if reader is None:
            return await self._perseverance.run(request, collect)
        return await self._perseverance.run(request, collect, lambda: not reader.seen)

    async def stream(self, request: ChatRequest) -> AsyncIterator[Delta]:
        """问一次，没有工具，逐段得到回答；给出第一段之后的失败不再重试。

        异常:
            GLMError: 失败，可能在给出若干段之后
        """
        first, deltas = await self._perseverance.run(request, self._begin)
        async with aclosing(deltas):
            yield first
            async for delta in deltas:
                yield delta

    async def check(self) -> None:
        """看密钥是否有效。

        异常:
            GLMError: 无效，或连不上
        """
        await self._connection.check()

    async def aclose(self) -> None:
        """关闭连接。"""
        await self._connection.aclose()

    async def _collect(
        self, request: ChatRequest, reader: Reader | None, on_waste: WasteReport
    ) -> Reply:
        async with aclosing(self._deltas(request)) as deltas:
            return await collect(deltas, request, reader, on_waste)

    async def _begin(
        self, request: ChatRequest
    ) -> tuple[Delta, AsyncGenerator[Delta, None]]:
        deltas = visible(self._deltas(request))
        return await anext(deltas), deltas

    async def _deltas(self, request: ChatRequest) -> AsyncGenerator[Delta, None]:
        async with self._slots, self._connection.chat(request) as response:
            kind = response.headers.get("content-type", "")
            secrets = self._connection.secrets
            if "text/event-stream" in kind:
                async for delta in stream_deltas(response, secrets):
                    yield delta
                return
            try:
                data = json.loads(await response.aread())
            except (ValueError, RecursionError):
                raise ProtocolError("回应不是 JSON") from None
            if (error := error_in(data, secrets)) is not None:
                raise error
            if (usage := usage_in(data)) is not None:
                yield Delta(usage=usage)  # 结束原因可能就是一种失败，所以先报用量
            delta = parse_reply(data, "message")
            yield replace(delta, finish=delta.finish or "stop")
