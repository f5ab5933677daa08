"""后台写摘要：从不耽误回答，写不成就照旧裁掉，歇一阵再试。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio

from ..api.models import model_info
from ..api.schema import ChatRequest
from ..conversation.accounts import FAILED, SUMMARY
from ..conversation.prompt import prompt_shape
from ..conversation.summary import Fold, newest_within, summary_messages
from ..conversation.tokens import TokenScale
from ..domain import Answer, ConversationKey, Message, Thinking, Turn, Usage
from ..exception import ContextTooLongError, GLMError
from .billing import Billing
from .draft import ChatSettings, whose

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..conversation.summaries import SummaryStore

AT_ONCE = 2
"""最多同时写几个，免得占去回答的名额。"""
REST_SECONDS = 300.0
"""写不成之后歇多少秒。"""
ANSWER_TOKENS = 4000
"""一份摘要最多多少 token；关不掉思考的模型，思考也算在内。"""
MATERIAL_TOKENS, LEAST_TOKENS = 32_000, 1000
"""一次最多看多少 token 的对话；模型装不下就减半，减到不足这么多就不写了。"""
_TEMPERATURE = 0.3


class Summarizer:
    """各会话的摘要，一个会话同时只写一份。

    参数:
        store: 摘要的存取
        client: GLM
        settings: 现在问的方式，用哪个模型写、最多写多久
        billing: 记账
        clock: 返回单调的秒数
    """

    def __init__(
        self,
        store: SummaryStore,
        client: GLMClient,
        settings: Callable[[], ChatSettings],
        billing: Billing,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._billing = billing
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._writing: dict[ConversationKey, asyncio.Task[None]] = {}
        self._resting: dict[ConversationKey, float] = {}

    def start(self, key: ConversationKey, fold: Fold, own_model: str) -> None:
        """开始写；正在写的、刚失败过的会话不写。`own_model` 是会话自己的模型。"""
        now, model = self._clock(), self._settings().summary_model
        if model is None or key in self._writing or self._resting.get(key, now) > now:
            return
        self._resting.pop(key, None)
        task = asyncio.create_task(self._write(key, fold, model or own_model))
        self._writing[key] = task
        task.add_done_callback(lambda _: self._writing.pop(key, None))

    async def cancel(self) -> None:
        """在写的都作罢，等它们退出。"""
        writing = list(self._writing.values())
        for task in writing:
            task.cancel()
        for task in writing:
            with suppress(asyncio.CancelledError):
                await task

    async def _write(self, key: ConversationKey, fold: Fold, model: str) -> None:
        try:
            async with self._slots:
                with anyio.fail_after(self._settings().timeout):
                    await self._fold(key, fold, model)
        except (GLMError, TimeoutError):
            self._rest(key)

    def _rest(self, key: ConversationKey) -> None:
        now = self._clock()
        # 歇够了而没有再来的会话不必记着，免得越积越多
        self._resting = {k: until for k, until in self._resting.items() if until > now}
        self._resting[key] = now + REST_SECONDS

    async def _fold(self, key: ConversationKey, fold: Fold, model: str) -> None:
        folded = await self._store.unfolded(key, fold)
        if not folded:
            return
        turns = [stored.turn for stored in folded]
        answer = await self._ask(key, fold.summary, turns, model)
        await self._billing.record(key, SUMMARY, answer.model, answer.usage)
        await self._store.fold(key, fold, [stored.id for stored in folded], answer.text)

    async def _ask(
        self, key: ConversationKey, summary: str, turns: Sequence[Turn], model: str
    ) -> Answer:
        """请模型写；装不下就少看一些旧的。"""
        room = min(MATERIAL_TOKENS, model_info(model).context // 2)
        while True:
            messages = summary_messages(summary, newest_within(turns, room))
            try:
                return await self._request(key, messages, model)
            except ContextTooLongError:
                room //= 2
                if room < LEAST_TOKENS:
                    raise

    async def _request(
        self, key: ConversationKey, messages: tuple[Message, ...], model: str
    ) -> Answer:
        wasted: list[tuple[str, Usage]] = []
        request = ChatRequest(
            model=model,
            messages=messages,
            thinking=Thinking.OFF,
            temperature=_TEMPERATURE,
            max_tokens=ANSWER_TOKENS,
            stream=False,
            prompt_tokens=TokenScale().estimate(prompt_shape(messages)),
            whose=whose(key),
        )
        try:
            return await self._client.complete(
                request, on_waste=lambda model, usage: wasted.append((model, usage))
            )
        finally:
            for wasted_model, usage in wasted:
                await self._billing.record(key, FAILED, wasted_model, usage)
