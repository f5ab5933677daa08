"""照 `retry` 的决定坚持：换密钥，重试，再换模型。"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..exception import GLMError
from .breaker import Breaker
from .choosing import Outlook, line_up
from .keys import KeyPool
from .retry import RetryPolicy, may_fall_back, retry_delay
from .schema import ChatRequest
from .slots import Slots

T = TypeVar("T")
Attempt = Callable[[ChatRequest], Awaitable[T]]
FailureReport = Callable[[GLMError, str, float | None], None]
"""每次失败都告诉它：异常、模型、几秒后再试（`None` 为不再用这个模型）。"""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Perseverance:
    """坚持的分寸。"""

    policy: RetryPolicy
    fallback_models: Callable[[], Sequence[str]]
    on_failure: FailureReport
    sleep: Callable[[float], Awaitable[None]]
    keys: KeyPool
    slots: Slots
    breaker: Breaker

    async def run(
        self,
        request: ChatRequest,
        attempt: Attempt[T],
        may_retry: Callable[[], bool] = _always,
    ) -> T:
        """先坚持请求的模型，它过载到底时依次换后备；后备也失败就报告它的失败。

        它熔断着，或排队的太多，就先问后备，后备不行再问它。

        参数:
            request: 请求
            attempt: 问一次
            may_retry: 失败之后问它：还能不能当作没问过
        """

        def outlook(model: str) -> Outlook:
            crowd = self.slots.crowd(model, request.whose)
            return Outlook(self.breaker.is_open(model), crowd)

        models = line_up(request.model, self.fallback_models(), request.needs, outlook)
        errors: dict[str, GLMError] = {}
        for model in models:
            other = request
            if model != request.model:
                other = replace(request, model=model)
            last = model == models[-1]
            try:
                return await self._retrying(other, attempt, may_retry, last=last)
            except GLMError as error:
                errors[model] = error
                hopeless = model == request.model and not may_fall_back(error)
                if hopeless or not may_retry():
                    raise
        raise errors[request.model]

    async def _retrying(
        self,
        request: ChatRequest,
        attempt: Attempt[T],
        may_retry: Callable[[], bool],
        *,
        last: bool,
    ) -> T:
        """坚持一个模型；刚熔断而后面还有别的模型，就不等它了。"""
        model, retries, moves = request.model, 0, 0
        self.breaker.began(model)
        while True:
            try:
                answer = await attempt(request)
            except GLMError as error:
                self.breaker.failed(model, error)
                delay = None
                move = may_retry() and moves < len(self.keys)
                move = move and self.keys.spare(model, error)
                if move:
                    delay = 0.0
                elif may_retry() and (last or not self.breaker.is_open(model)):
                    delay = retry_delay(error, retries, random.random(), self.policy)
                self.on_failure(error, model, delay)
                if delay is None:
                    verdict = self.keys.verdict(model, error)
                    if verdict is error:
                        raise
                    raise verdict from error
            else:
                self.breaker.succeeded(model)
                return answer
            if move:
                moves += 1
            else:
                await self.sleep(delay)
                retries += 1
