"""真的去问 GLM：通不通、钟准不准、认不认密钥、模型答不答。"""

from __future__ import annotations

import time
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from typing import Any

import anyio

from ...api.auth import Authenticator, AuthMode
from ...api.client import GLMClient
from ...api.endpoint import Endpoint
from ...api.reaching import reach
from ...api.retry import RetryPolicy
from ...api.schema import ChatRequest
from ...domain import Message
from ...exception import (
    AnswerTimeoutError,
    AuthError,
    EmptyAnswerError,
    GLMError,
    ModelNotFoundError,
    NetworkError,
    QuotaError,
)
from . import address, keys, remedies
from .findings import Finding, State

TOLERABLE, TOKEN_BREAKS = 60.0, 300.0
"""钟差多少秒以内不必说，多少秒以上签的令牌可能不被认。"""
_ONCE = RetryPolicy(max_retries=0)
_WORST_FIRST = tuple(State)
_SHORTEST = (Message("user", "你好"),)


@dataclass(frozen=True, slots=True)
class Wanted:
    """想怎样问 GLM。"""

    keys: tuple[str, ...]
    auth: AuthMode
    endpoint: Endpoint
    model: str


async def look_at(wanted: Wanted) -> list[Finding]:
    """从写法看到问出一个字；前面的坏了就不看后面的。"""
    written = address.look_at(wanted.endpoint)
    if written.state is State.BAD:
        return [written]
    try:
        ahead = await reach(wanted.endpoint)
    except NetworkError as error:
        return [written, Finding("网络", State.BAD, remedies.network(error))]
    found = clock(ahead, signs=_signs(wanted))
    if not wanted.keys:
        return [written, *found, keys.MISSING]
    for number, key in enumerate(wanted.keys, 1):
        name = keys.NAME if len(wanted.keys) == 1 else f"{keys.NAME} {number}"
        asked = await _consult(wanted, key, name)
        if asked is None:
            return [address.not_found(wanted.endpoint), *found]
        found += asked
    return [written, *_worst(found)]


def _worst(found: Iterable[Finding]) -> Iterable[Finding]:
    """各处最坏的一个：一个密钥用得了模型，另一个未必。"""
    worst: dict[str, Finding] = {}
    for finding in found:
        known = worst.setdefault(finding.name, finding)
        if _WORST_FIRST.index(finding.state) < _WORST_FIRST.index(known.state):
            worst[finding.name] = finding
    return worst.values()


def clock(ahead: float | None, *, signs: bool) -> list[Finding]:
    """本机的钟准不准，`ahead` 是快了多少秒；对方不说几点就不知道。"""
    if ahead is None:
        return []
    off = abs(ahead)
    if off <= TOLERABLE:
        return [Finding("时钟", State.FINE, "准")]
    way = "快" if ahead > 0 else "慢"
    text = f"{way}了 {_span(off)}：校准它，Linux 上是 timedatectl set-ntp true"
    if signs and off > TOKEN_BREAKS:
        text = f"{text}；或设置 GLM_AUTH=bearer，那样不看时钟"
        return [Finding("时钟", State.BAD, text)]
    return [Finding("时钟", State.WARN, text)]


async def _consult(wanted: Wanted, key: str, name: str) -> list[Finding] | None:
    """用一个密钥问；地址上没有这个接口时是 `None`。"""
    if (shape := keys.look_at(key, name)) is not None:
        return [shape]
    client = GLMClient(key, auth=wanted.auth, endpoint=wanted.endpoint, retry=_ONCE)
    seconds, start = wanted.endpoint.read_timeout, time.monotonic()
    try:
        # 自建的服务器可能没有这个接口，认不认看下一步
        error = await _outcome(client.check(), seconds)
        if not isinstance(error, AuthError):
            start = time.monotonic()
            asking = client.complete(_question(wanted.model))
            error = await _outcome(asking, seconds)
    finally:
        await client.aclose()
    took = time.monotonic() - start
    accepted = Finding(name, State.FINE, "GLM 认它")
    if error is None:
        text = f"{wanted.model} {took:.1f} 秒答了"
        return [accepted, Finding("模型", State.FINE, text)]
    if isinstance(error, AuthError | QuotaError):
        text = remedies.key(error, wanted.endpoint, wanted.model)
        return [Finding(name, State.BAD, text)]
    if isinstance(error, ModelNotFoundError) and not error.code:
        return None
    text = f"{wanted.model} 没有答（{error or type(error).__name__}）"
    return [accepted, remedies.model(error, text)]


def _question(model: str) -> ChatRequest:
    return ChatRequest(model, _SHORTEST, max_tokens=1, stream=False)


async def _outcome(
    call: Coroutine[Any, Any, object], seconds: float
) -> GLMError | None:
    """一次调用的失败；只答一个字的多半还在想，空的也算答了。"""
    try:
        with anyio.fail_after(seconds):
            await call
    except EmptyAnswerError:
        return None
    except GLMError as error:
        return error
    except TimeoutError:
        return AnswerTimeoutError(seconds)
    return None


def _signs(wanted: Wanted) -> bool:
    return any(Authenticator(key, wanted.auth, time.time).signs for key in wanted.keys)


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} 秒"
    if seconds < 7200:
        return f"{seconds / 60:.0f} 分钟"
    return f"{seconds / 3600:.0f} 小时"
