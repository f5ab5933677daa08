"""GLM 客户端：流式与非流式，换密钥、重试与换模型。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

import httpx

from ..domain import Answer, Reader
from .auth import AuthMode
from .breaker import Breaker
from .collecting import WasteReport, collect
from .connection import Connection
from .delta import Delta
from .endpoint import Endpoint
from .keys import KeyPool
from .models import model_info
from .parking import ParkingReport, ParkingTimes
from .perseverance import FailureReport, Perseverance
from .receiving import receive
from .retry import RetryPolicy
from .schema import ChatRequest
from .slots import Slots
from .tools import Reply


class GLMClient:
    """异步的 GLM 客户端。

    参数:
        keys: API 密钥，从先到后；空串不算，一个也没有时每个请求都抛 MissingKeyError
        auth: 认证方式
        endpoint: GLM 在哪里、怎么连
        retry: 重试的分寸
        fallback_models: 问它请求的模型过载、接连失败或太挤时依次改用哪些模型
        on_failure: 每次失败的去处，用于日志
        on_parked: 一个密钥被搁置时告诉它
        parking: 搁置多久
        transport: 测试时换掉网络
        clock: 返回 Unix 秒
        sleep: 重试前的等待
    """

    def __init__(
        self,
        *keys: str,
        auth: AuthMode = "auto",
        endpoint: Endpoint | None = None,
        retry: RetryPolicy | None = None,
        fallback_models: Callable[[], Sequence[str]] = tuple,
        on_failure: FailureReport = lambda error, model, delay: None,
        on_parked: ParkingReport = lambda parked: None,
        parking: ParkingTimes | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        endpoint = endpoint or Endpoint()
        self.keys = KeyPool(keys, auth, clock, parking, on_parked)
        self._connection = Connection(endpoint, self.keys, transport)
        self._slots = Slots(
            self.keys,
            endpoint.max_concurrency,
            # 自建的服务器没有智谱的限制
            lambda model: model_info(model).concurrency if endpoint.official else None,
        )
        self._perseverance = Perseverance(
            retry or RetryPolicy(),
            fallback_models,
            on_failure,
            sleep,
            self.keys,
            self._slots,
            Breaker(clock),
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
        collect = partial(
            self._collect, asked=request.model, reader=reader, on_waste=on_waste
        )
        if reader is None:
            return await self._perseverance.run(request, collect)
        return await self._perseverance.run(request, collect, lambda: not reader.seen)

    async def check(self) -> None:
        """看此刻会用的密钥是否有效；不搁置它，也不算它恢复。

        异常:
            GLMError: 无效，或连不上
        """
        await self._connection.check(self.keys.usable(None)[0].auth)

    async def aclose(self) -> None:
        """关闭连接。"""
        await self._connection.aclose()

    async def _collect(
        self,
        request: ChatRequest,
        asked: str,
        reader: Reader | None,
        on_waste: WasteReport,
    ) -> Reply:
        receiving = partial(self._receive, request)
        reply = await collect(receiving, request, reader, on_waste)
        if request.model == asked:
            return reply
        return replace(reply, answer=replace(reply.answer, fallback=True))

    async def _receive(
        self, request: ChatRequest, take: Callable[[Delta], None]
    ) -> None:
        async with (
            self._slots.slot(request.model, request.whose) as key,
            self._connection.chat(request, key.auth) as response,
        ):
            await receive(response, self.keys.secrets, take)
