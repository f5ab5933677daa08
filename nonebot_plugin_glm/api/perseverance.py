"""照 `retry` 的决定坚持：重试，再换模型。"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from ..exception import GLMError
from .retry import RetryPolicy, may_fall_back, retry_delay
from .schema import ChatRequest

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

    async def run(
        self,
        request: ChatRequest,
        attempt: Attempt[T],
        may_retry: Callable[[], bool] = _always,
    ) -> T:
        """先坚持请求的模型，它过载到底时依次换后备；后备也失败就报告最初的失败。

        参数:
            request: 请求
            attempt: 问一次
            may_retry: 失败之后问它：还能不能当作没问过
        """
        try:
            return await self._retrying(request, attempt, may_retry)
        except GLMError as error:
            if not (may_fall_back(error) and may_retry()):
                raise
            for model in self.fallback_models():
                if model == request.model:
                    continue
                other = replace(request, model=model)
                try:
                    return await self._retrying(other, attempt, may_retry)
                except GLMError:
                    if not may_retry():
                        raise
            raise

    async def _retrying(
        self, request: ChatRequest, attempt: Attempt[T], may_retry: Callable[[], bool]
    ) -> T:
        retries = 0
        while True:
            try:
                return await attempt(request)
            except GLMError as error:
                delay = None
                if may_retry():
                    delay = retry_delay(error, retries, random.random(), self.policy)
                self.on_failure(error, request.model, delay)
                if delay is None:
                    raise
            await self.sleep(delay)
            retries += 1
