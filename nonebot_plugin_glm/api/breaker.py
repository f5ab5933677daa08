"""熔断：一个模型接连失败就先不问它，过一阵让一个提问去探路。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..exception import GLMError, NetworkError, RateLimitError, ServerError

FAILURES = 5
"""接连失败几次就熔断：比一个提问的几次重试多一点。"""
OPEN_SECONDS = 30.0
"""熔断多久再去探路。"""


@dataclass(slots=True)
class _Health:
    failures: int = 0
    until: float = 0.0


class Breaker:
    """各个模型的熔断。

    参数:
        clock: 返回秒
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ill: dict[str, _Health] = {}

    def is_open(self, model: str) -> bool:
        """是否先不问它。"""
        health = self._ill.get(model)
        return (
            health is not None
            and health.failures >= FAILURES
            and self._clock() < health.until
        )

    def began(self, model: str) -> None:
        """开始问它；这是探路的话，别的提问在有结果之前仍绕开它。"""
        health = self._ill.get(model)
        if health and health.failures >= FAILURES:
            health.until = self._clock() + OPEN_SECONDS

    def failed(self, model: str, error: GLMError) -> None:
        """一次失败；不怪模型的不算。"""
        if _blames_model(error):
            health = self._ill.setdefault(model, _Health())
            health.failures += 1
            health.until = self._clock() + OPEN_SECONDS

    def succeeded(self, model: str) -> None:
        """它答出来了。"""
        self._ill.pop(model, None)


def _blames_model(error: GLMError) -> bool:
    """过载、内部错误、没有回音怪模型；问得太多（1302）怪自己，断网谁也不怪。"""
    if isinstance(error, RateLimitError):
        return error.code != "1302"
    if isinstance(error, NetworkError):
        return error.silent
    return isinstance(error, ServerError)
