"""重试与换模型：纯粹的决定，不睡眠，不发请求。"""

from __future__ import annotations

from dataclasses import dataclass

from ..exception import (
    EmptyAnswerError,
    GLMError,
    NetworkError,
    ProtocolError,
    RateLimitError,
    ServerError,
)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """重试的分寸；单位秒。"""

    max_retries: int = 3
    """每个模型最多重试几次"""
    base: float = 0.5
    """第一次重试前等多久，之后每次加倍"""
    cap: float = 8.0
    """两次尝试之间最多等多久"""
    patience: float = 30.0
    """`Retry-After` 超过这么久就不等了"""


def retry_delay(
    error: GLMError, attempt: int, jitter: float, policy: RetryPolicy
) -> float | None:
    """第 `attempt` 次（从 0 数）失败后等几秒再试，`None` 表示不再试。

    参数:
        error: 刚才的失败
        attempt: 已经重试过几次
        jitter: 0 到 1 的随机数，错开同时失败的人
        policy: 分寸
    """
    if attempt >= _retries_worth(error, policy):
        return None
    if isinstance(error, RateLimitError | ServerError) and error.retry_after:
        return error.retry_after if error.retry_after <= policy.patience else None
    return min(policy.base * 2**attempt, policy.cap) * (1 - 0.25 * jitter)


def _retries_worth(error: GLMError, policy: RetryPolicy) -> int:
    if isinstance(error, RateLimitError | ServerError | NetworkError):
        return policy.max_retries
    if isinstance(error, ProtocolError):
        return min(1, policy.max_retries)
    # 思考用完额度的空回答再问一次还是空的
    if isinstance(error, EmptyAnswerError) and error.finish != "length":
        return min(1, policy.max_retries)
    return 0


def may_fall_back(error: GLMError) -> bool:
    """这个失败是否值得换一个模型：过载与内部错误值得，欠费与断网不值得。"""
    return isinstance(error, RateLimitError | ServerError)
