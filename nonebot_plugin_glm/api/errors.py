"""把错误的回应变成异常：业务码表，以及没有业务码时按 HTTP 状态判断。

出处：docs.bigmodel.cn 的错误码页（2026-07 至 2026-09），旧版页面的码也认。
业务码可能是字符串或数字，也可能出现在 HTTP 200 里；网关的 HTML 从不外传。
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..exception import (
    APIError,
    AuthError,
    ContentFilteredError,
    ContextTooLongError,
    InvalidMessagesError,
    InvalidRequestError,
    ModelNotFoundError,
    NetworkError,
    QuotaError,
    RateLimitError,
    ServerError,
)
from .redact import redact

CODES: dict[str, type[APIError]] = {
    **dict.fromkeys(("1000", "1001", "1002", "1003", "1004", "1005"), AuthError),
    **dict.fromkeys(("1110", "1111", "1112", "1121", "1220"), AuthError),
    **dict.fromkeys(("1113", "1304", "1308", "1309", "1310"), QuotaError),
    **dict.fromkeys(("1313", "1314", "1315", "1316", "1317"), QuotaError),
    **dict.fromkeys(("1318", "1319", "1320", "1321"), QuotaError),
    **dict.fromkeys(("1302", "1303", "1305", "1312", "1701"), RateLimitError),
    **dict.fromkeys(("1211", "1212", "1221", "1222", "1311"), ModelNotFoundError),
    **dict.fromkeys(("1210", "1213", "1215", "1231", "1233"), InvalidRequestError),
    **dict.fromkeys(("1300", "1301"), ContentFilteredError),
    **dict.fromkeys(("1100", "1120", "1200", "1230", "1234"), ServerError),
    "1214": InvalidMessagesError,
    "1261": ContextTooLongError,
}
"""业务码到异常类的表。"""

MAX_CODE = 40
"""业务码最长多少字：智谱的只有几位，OpenAI 式的是一个英文词。"""
_HTTP_CODE = re.compile(r"[45][0-9]{2}")
_RESET_AT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
# vLLM 与 SGLang 没有业务码，超长只能从说明里认出
_TOO_LONG = re.compile(r"maximum context length|longer than the model", re.IGNORECASE)


def error_from(
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    secrets: Iterable[str] = (),
) -> APIError:
    """由一个失败的回应得到异常。

    参数:
        status: HTTP 状态码
        body: 回应体，可以不是 JSON
        headers: 回应头，只看 `Retry-After`
        secrets: 要从说明里抹去的字符串
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    error = error_in(data, secrets, status)
    if error is None:
        error = _build(_class_of(status, ""), status, "", "", {})
    if isinstance(error, RateLimitError | ServerError):
        error.retry_after = _seconds(headers.get("retry-after"))
    return error


def error_in(
    data: object, secrets: Iterable[str] = (), status: int = 200
) -> APIError | None:
    """在一段 JSON 里找错误，HTTP 200 里也可能有；没有时返回 `None`。"""
    if not isinstance(data, dict) or data.get("choices"):
        return None
    nested = data.get("error")
    source = nested if isinstance(nested, dict) else data
    code = source.get("code")
    message = source.get("message") or source.get("msg") or nested
    if nested is None and code is None and status == 200:
        return None
    # 别的种类不是业务码；套得很深的转成字符串会撑破栈
    code = redact(str(code), secrets, MAX_CODE) if isinstance(code, str | int) else ""
    detail = redact(message, secrets) if isinstance(message, str) else ""
    return _build(_class_of(status, code, detail), status, code, detail, data)


def _class_of(status: int, code: str, detail: str = "") -> type[APIError]:
    if code in CODES:
        return CODES[code]
    if _HTTP_CODE.fullmatch(code):
        status = int(code)
    if status in (401, 403):
        return AuthError
    if status in (404, 405):
        return ModelNotFoundError
    if status in (408, 409, 429):
        return RateLimitError
    if status == 413 or _TOO_LONG.search(detail):
        return ContextTooLongError
    return ServerError if status >= 500 or status == 200 else InvalidRequestError


def _build(
    cls: type[APIError], status: int, code: str, detail: str, data: Mapping[str, Any]
) -> APIError:
    if issubclass(cls, QuotaError):
        found = _RESET_AT.search(detail)
        return cls(status, code, detail, reset_at=found.group() if found else "")
    if issubclass(cls, ContentFilteredError):
        return cls(status, code, detail, role=blamed_role(data.get("contentFilter")))
    return cls(status, code, detail)


def raise_for_finish(finish: str, data: Mapping[str, Any]) -> None:
    """结束原因本身就是失败时抛出：它们在 HTTP 200 里，而且可能在流的末尾。

    异常:
        ContentFilteredError: `sensitive`
        NetworkError: `network_error`
        ContextTooLongError: `model_context_window_exceeded`
    """
    if finish == "sensitive":
        role = blamed_role(data.get("content_filter"))
        raise ContentFilteredError(200, detail=finish, role=role)
    if finish == "network_error":
        raise NetworkError("GLM 推理中断")
    if finish == "model_context_window_exceeded":
        raise ContextTooLongError(200, detail=finish)


def blamed_role(filters: object) -> str:
    """从 `contentFilter` 里读出被拦截的是谁的内容，`history` 优先。"""
    if not isinstance(filters, list):
        return ""
    roles = [item.get("role") for item in filters if isinstance(item, dict)]
    known = [role for role in roles if role in ("history", "user", "assistant")]
    return "history" if "history" in known else next(iter(known), "")


def _seconds(value: str | None) -> float | None:
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None
