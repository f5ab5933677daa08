"""会话之外的提问：没有历史，不成一轮，只记账；别的插件用。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio

from ..conversation.accounts import PLUGIN
from ..conversation.prompt import Preamble, prompt_shape
from ..domain import Answer, Audience, ConversationKey, Question, Scope, Speaker
from ..exception import AnswerTimeoutError
from .draft import ChatSettings, draft_request
from .queue import ConversationQueue
from .windows import Windows

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..api.schema import ChatRequest
    from .billing import Bill, Billing
    from .personas import Personas

APART = ConversationKey("", "", Scope.PRIVATE)
"""会话之外：账记在这里，名额不够时合算一家。"""
UNNAMED = Speaker("", "插件")
"""不是哪个人问的。"""


@dataclass(frozen=True, slots=True)
class Aside:
    """会话之外的一问。"""

    text: str
    system_prompt: str | None = None
    """`None` 是默认的人设，空串是没有"""
    model: str | None = None
    """`None` 是默认的模型"""
    temperature: float | None = None
    """`None` 照设置，下同"""
    max_tokens: int | None = None


class Asides:
    """会话之外的提问，互不等待。

    参数:
        client: GLM
        settings: 现在问的方式
        personas: 默认的人设怎样填
        billing: 账本与额度
        queue: 在途的都在里面，关机时一起中止
    """

    def __init__(
        self,
        client: GLMClient,
        settings: Callable[[], ChatSettings],
        personas: Personas,
        billing: Billing,
        queue: ConversationQueue,
    ) -> None:
        self._client = client
        self._settings = settings
        self._personas = personas
        self._billing = billing
        self._queue = queue
        self._windows = Windows()

    async def ask(self, aside: Aside, audience: Audience) -> None:
        """回答一问。

        异常:
            ClosingError: 正在关机
            DailyQuotaError: 今天所有人的额度用完了
            GLMError: 其他失败
        """
        key = replace(APART, user_id=uuid4().hex)
        question = Question(key, UNNAMED, aside.text)
        async with self._queue.turn(question, audience, alone=True):
            bill = self._billing.open(APART, UNNAMED, PLUGIN)
            async with self._billing.charged(bill):
                answer = await self._answer(aside, question, audience, bill)
                bill.answered(answer)
            await audience.finish(replace(answer, saved=False))

    async def _answer(
        self, aside: Aside, question: Question, audience: Audience, bill: Bill
    ) -> Answer:
        settings = self._settings()
        try:
            with anyio.fail_after(settings.timeout):
                request = await self._request(aside, question, settings)
                answer = await self._client.complete(request, audience, bill.waste)
        except TimeoutError:
            raise AnswerTimeoutError(settings.timeout) from None
        shape = prompt_shape(request.messages)
        self._windows.learn(request, shape, answer)
        return answer

    async def _request(
        self, aside: Aside, question: Question, settings: ChatSettings
    ) -> ChatRequest:
        system = aside.system_prompt
        if system is None:
            prompt = await self._personas.prompt(question, None, settings.system_prompt)
            question = self._personas.dated(question) if prompt.timed else question
            system = prompt.text
        if aside.temperature is not None:
            settings = replace(settings, temperature=aside.temperature)
        if aside.max_tokens is not None:
            settings = replace(settings, max_tokens=aside.max_tokens)
        model, preamble = aside.model or settings.model, Preamble(system)
        request = draft_request(
            (), preamble, question, model, settings.thinking, settings
        )
        shape = prompt_shape(request.messages)
        return replace(self._windows.sized(request, shape), whose=APART)
