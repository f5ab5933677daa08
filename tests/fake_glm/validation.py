"""请求体的严格检查：null 与未知字段忽略，其余不合规的一律拒绝。"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from .catalog import MODELS, Model, Thinking
from .faults import Error
from .messages import check_messages
from .tokens import estimate, serialize

_FORCED: Final = "该模型始终思考，不支持关闭思考；请使用 low、high 或 max。"
_FORCED_EFFORTS: Final = frozenset({"low", "high", "max"})
_EFFORTS: Final = _FORCED_EFFORTS | {"none", "minimal", "medium", "xhigh"}
_TOOL_TYPES: Final = frozenset({"function", "web_search", "retrieval", "mcp"})
_TOOL_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def parse_body(raw: bytes) -> object:
    """解析请求体，不是合法 JSON（含 NaN 与孤立代理字符）时抛出 ValueError。"""
    body = json.loads(raw.decode(), parse_constant=_refuse_constant)
    json.dumps(body, ensure_ascii=False).encode()
    return body


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def check_body(body: object, limits: Mapping[str, int]) -> Error | None:
    """检查对话请求体，合规时返回 None；limits 按模型改写上下文窗口。"""
    if not isinstance(body, dict):
        return Error.of(1214)
    name = body.get("model")
    if name is None:
        return Error.of(1213, "未正常接收到 model 参数")
    model = MODELS.get(name) if isinstance(name, str) else None
    if model is None:
        return Error.of(1211)
    return (
        check_messages(body.get("messages"), model)
        or _check_fields(body)
        or _check_cap(body.get("max_tokens"), model)
        or _check_thinking(body, model)
        or _check_length(body, limits.get(model.name, model.context))
    )


def _check_fields(body: Mapping[str, Any]) -> Error | None:
    for field, accepts in _FIELDS.items():
        value = body.get(field)
        if value is not None and not accepts(value):
            return Error.of(1214, f"{field} 参数非法。请检查文档。")
    return _check_tools(body.get("tools") or [])


def _check_tools(tools: list[Any]) -> Error | None:
    for position, tool in enumerate(tools):
        kind = tool.get("type") if isinstance(tool, dict) else None
        if not isinstance(kind, str) or kind not in _TOOL_TYPES:
            return Error.of(1214, f"tools[{position}].type:type is illegal")
        if not isinstance(tool.get(kind), dict):
            return Error.of(1214, "tools 参数非法。请检查文档。")
        name = tool[kind].get("name")
        if kind == "function" and not (
            isinstance(name, str) and _TOOL_NAME.fullmatch(name)
        ):
            return Error.of(1214, "tools 参数非法。请检查文档。")
    return None


def _check_cap(value: object, model: Model) -> Error | None:
    if value is None or (type(value) is int and 1 <= value <= model.cap):
        return None
    return Error.of(1210, f"max_tokens参数非法：限制数值范围[1,{model.cap}]")


def _check_thinking(body: Mapping[str, Any], model: Model) -> Error | None:
    if model.thinking is not Thinking.ALWAYS:
        return None
    switch = (body.get("thinking") or {}).get("type")
    effort = body.get("reasoning_effort")
    if switch == "disabled" or effort not in _FORCED_EFFORTS | {None}:
        return Error.of(1210, _FORCED)
    return None


def _check_length(body: Mapping[str, Any], limit: int) -> Error | None:
    too_long = estimate(serialize(body["messages"])) > limit
    return Error.of(1261) if too_long else None


def _between(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: type(value) in (int, float) and low <= value <= high  # pyright: ignore[reportOperatorIssue]


def _text(low: int, high: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and low <= len(value) <= high


def _one_of(*values: object) -> Callable[[object], bool]:
    return lambda value: any(
        type(value) is type(allowed) and value == allowed for allowed in values
    )


def _is_stop(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= 1
        and all(isinstance(word, str) and word for word in value)
    )


def _is_thinking(value: object) -> bool:
    return (
        isinstance(value, dict)
        and value.get("type") in (None, "enabled", "disabled")
        and value.get("clear_thinking") in (None, True, False)
    )


def _is_format(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") in ("text", "json_object")


def _is_tool_list(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 128


_is_flag: Final = _one_of(True, False)

_FIELDS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "stream": _is_flag,
    "do_sample": _is_flag,
    "tool_stream": _is_flag,
    "temperature": _between(0, 1),
    "top_p": _between(0.01, 1),
    "stop": _is_stop,
    "user_id": _text(6, 128),
    "request_id": _text(6, 64),
    "thinking": _is_thinking,
    "reasoning_effort": _one_of(*_EFFORTS),
    "response_format": _is_format,
    "tools": _is_tool_list,
    "tool_choice": _one_of("auto"),
}
