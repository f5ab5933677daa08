"""一次送完的响应：错误、模型列表与 404。"""

from collections.abc import Mapping
from datetime import datetime, timezone

from .catalog import LISTED
from .faults import Error
from .frames import dump, error_body
from .steps import JSON_TYPE, Head, Steps


def respond(
    status: int,
    body: bytes,
    content_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Steps:
    """带长度的完整响应。"""
    return (Head(status, content_type, len(body), headers or {}), body)


def refuse(error: Error) -> Steps:
    """普通的 HTTP 错误响应，与流式无关。"""
    code: object = error.code
    if error.code is not None:
        code = int(error.code) if error.numeric else str(error.code)
    body = error_body(code, error.text()) | dict(error.extra or {})
    return respond(error.status, dump(body), headers=error.headers)


def model_list() -> Steps:
    """/models 的响应，不含免费与视觉模型。"""
    models = [{"id": name, "object": "model"} for name in LISTED]
    return respond(200, dump({"object": "list", "data": models}))


def not_found(path: str) -> Steps:
    """未知路径的响应：网关去掉 /api/paas 后由 Spring 回答，error 是字符串。"""
    moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    short = path.removeprefix("/api/paas")
    body = {"timestamp": moment, "status": 404, "error": "Not Found", "path": short}
    return respond(404, dump(body))
