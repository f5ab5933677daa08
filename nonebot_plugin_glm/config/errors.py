"""不合规矩的设置怎样说：说清是哪一个键、该怎么写，而不带出它的值。"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from ..domain import Thinking
from .values import Names


class ConfigError(ValueError):
    """设置不合规矩，文本说清是哪一个键。"""


def explain(error: Any, hints: dict[str, Any]) -> str:
    """一个键错在哪里：自己写的句子照用，否则按范围或类型说。"""
    # pydantic 1 的路径以 __root__ 开头
    key = next(str(part) for part in error["loc"] if part in hints)
    message = str(error["msg"]).removeprefix("Value error, ")
    if not message.startswith("应"):
        message = _bound(error) or _kind(hints[key])
    return f"{key.upper()} {message}"


def _bound(error: Any) -> str:
    """数值的范围；pydantic 2 写成 `{"le": 1}`，1 写成 `not_le` 与 `limit_value`。"""
    context = error.get("ctx") or {}
    old_name = str(error["type"]).rpartition("_")[2]
    for name, words in (("ge", "不小于"), ("gt", "大于"), ("le", "不大于")):
        value = context.get(
            name, context.get("limit_value") if name == old_name else None
        )
        if value is not None:
            return f"应{words} {value:g}"
    return ""


def _kind(hint: Any) -> str:
    options = get_args(hint) if get_origin(hint) is Literal else ()
    if isinstance(hint, type) and issubclass(hint, Thinking):
        options = tuple(option.value for option in hint)
    if options:
        return f"应是 {'、'.join(options)} 之一"
    if hint is bool:
        return "应是 true 或 false"
    if int in (hint, *get_args(hint)):
        return "应是整数"
    if float in (hint, *get_args(hint)):
        return "应是数字"
    return "应是用逗号分隔的名字或 JSON 数组" if hint == Names else "应是文本"
