"""假的 GLM 服务器：在 127.0.0.1 上应答对话与 /models 请求。"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from email.utils import formatdate
from types import TracebackType
from typing import Any, Final, final

from aiohttp import web

from .auth import Doorkeeper
from .compose import compose, prompt_of
from .delivery import Delivery
from .faults import Error, Fault, Ok
from .gate import Gate
from .journal import Journal, RecordedRequest
from .knobs import Knobs
from .replies import model_list, not_found, refuse
from .staging import stage
from .steps import Hold, Pause, Steps
from .tokens import PrefixCache
from .validation import check_body, parse_body

_BASE: Final = "/api/paas/v4"
_CHAT: Final = ("POST", f"{_BASE}/chat/completions")
_MODELS: Final = ("GET", f"{_BASE}/models")
_KEY: Final = "0123456789abcdef0123456789abcdef.FakeGLMsecret016"
_MAX_BODY: Final = 256 * 1024 * 1024
_SHUTDOWN_SECONDS: Final = 0.05


@final
class FakeGLM(Knobs, Journal):
    """测试用的 GLM 服务器，用 async with 启动与关闭。"""

    def __init__(self, *, port: int = 0, keys: Collection[str] = (_KEY,)) -> None:
        Knobs.__init__(self)
        Journal.__init__(self)
        self.api_key = next(iter(keys))
        self.doorkeeper = Doorkeeper(keys)
        self._port = port
        self._gate = Gate()
        self._cache = PrefixCache()
        self._script: deque[Fault] = deque()
        self._always: Fault | None = None
        self._dice = random.Random(0)
        self._released = asyncio.Event()
        self._released.set()
        self._let_through = 0
        self._handlers: set[asyncio.Task[Any]] = set()
        self._runner: web.AppRunner | None = None
        self._closing = False

    @property
    def base_url(self) -> str:
        """客户端应当配置的接口地址。"""
        return f"http://127.0.0.1:{self._port}{_BASE}"

    @property
    def in_flight(self) -> int:
        """此刻正在处理的对话请求数。"""
        return self._gate.total

    @property
    def max_in_flight(self) -> int:
        """同时处理过的对话请求的最大数目。"""
        return self._gate.highest

    @property
    def revoked(self) -> set[str]:
        """已吊销的密钥，回 401/1000。"""
        return self.doorkeeper.revoked

    @property
    def reject_tokens(self) -> int:
        """接下来多少个 JWT 不论时效都回 401/1003。"""
        return self.doorkeeper.reject_tokens

    @reject_tokens.setter
    def reject_tokens(self, count: int) -> None:
        self.doorkeeper.reject_tokens = count

    def key_of(self, record: RecordedRequest) -> str:
        """一个请求用的是哪个密钥。"""
        return self.doorkeeper.owner(record.headers.get("Authorization"))

    def script(self, *faults: Fault) -> None:
        """排队编排故障，之后每个合规的对话请求用掉一个。"""
        self._script.extend(faults)

    def always(self, fault: Fault | None) -> None:
        """编排用完之后每个对话请求都用这个故障，None 恢复正常。"""
        self._always = fault

    def hold(self, chunks: int = 0) -> None:
        """扣住之后的回答，流先送出 `chunks` 块，直到 `release`。"""
        self._released.clear()
        self._let_through = 1 + 2 * chunks if chunks else 0

    def release(self) -> None:
        """放行扣住的回答，之后的也不再扣。"""
        self._released.set()

    def clear(self) -> None:
        """清空记录、编排、缓存与计数，旋钮与 always 不变。"""
        self.forget()
        self._script.clear()
        self._cache.clear()
        self._gate.highest = self._gate.total

    async def __aenter__(self) -> "FakeGLM":
        """开始监听。"""
        self._closing = False
        app = web.Application(client_max_size=_MAX_BODY)
        app.router.add_route("*", "/{path:.*}", self._handle)
        app.on_response_prepare.append(self._tell_time)
        self._runner = web.AppRunner(
            app,
            handler_cancellation=True,
            access_log=None,
            shutdown_timeout=_SHUTDOWN_SECONDS,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """停止监听，并取消还在进行的处理。"""
        self._closing = True
        for task in self._handlers:
            task.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        record = await _record(request)
        self.requests.append(record)
        target = (record.method, record.path)
        if target == _CHAT:
            return await self._chat(request, record)
        if target == _MODELS:
            refusal = self._door(record)
            steps = refuse(refusal) if refusal else model_list()
            return await Delivery(request, steps).run()
        return await Delivery(request, not_found(record.path)).run()

    async def _chat(
        self, request: web.Request, record: RecordedRequest
    ) -> web.StreamResponse:
        if isinstance(record.body, dict):
            await self.note_chat(record.body)
        refusal = self._refusal(record)
        if refusal is not None:
            return await Delivery(request, refuse(refusal)).run()
        model = record.body["model"]
        whose = (self.key_of(record), model)
        slot = self._gate.enter(whose, self.concurrency.get(model))
        if slot is None:
            return await Delivery(request, refuse(Error.of(1302))).run()
        try:
            delivery = Delivery(request, self._perform(record.body), slot.release)
            return await self._watch(delivery)
        finally:
            slot.release()

    async def _watch(self, delivery: Delivery) -> web.StreamResponse:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError
        self._handlers.add(task)
        try:
            return await delivery.run()
        except asyncio.CancelledError:
            self.disconnects += not self._closing
            raise
        except ConnectionError:
            self.disconnects += not self._closing
            return delivery.response
        finally:
            self._handlers.discard(task)

    def _door(self, record: RecordedRequest) -> Error | None:
        header = record.headers.get("Authorization")
        return self.doorkeeper.check(header, self.clock_skew)

    async def _tell_time(self, _: web.Request, response: web.StreamResponse) -> None:
        now = time.time() + self.clock_skew
        response.headers["Date"] = formatdate(now, usegmt=True)

    def _refusal(self, record: RecordedRequest) -> Error | None:
        refusal = self._door(record)
        if refusal is not None:
            return refusal
        refusal = self.key_faults.get(self.key_of(record))
        if refusal is not None:
            return refusal
        refusal = check_body(record.body, self.context_limits)
        if refusal is not None and refusal.code in (1213, 1214):
            body = record.raw if record.body is None else record.body
            self.invalid.append((body, refusal.text()))
        return refusal

    def _perform(self, body: dict[str, Any]) -> Steps:
        fault = self._script.popleft() if self._script else self._always
        if fault is None and self._dice.random() < self.busy.get(body["model"], 0):
            fault = Error.of(1305)
        written = fault.text if isinstance(fault, Ok) else None
        text = self.write(body) if written is None else written
        cached = self._cache.hit(body["model"], prompt_of(body))
        completion = compose(body, text, self.reasoning, cached)
        steps = stage(fault or Ok(), self.scene(completion, body))
        through = self._let_through
        held = (*steps[:through], Hold(self._released), *steps[through:])
        return (Pause(self.delay), *held)


async def _record(request: web.Request) -> RecordedRequest:
    raw = await request.read()
    body = None
    with suppress(ValueError, RecursionError):
        body = parse_body(raw)
    return RecordedRequest(
        request.method, request.path, request.headers.copy(), body, raw
    )
