"""工具消息的规矩：每个调用都有结果，每个结果都有调用，违反者回 400/1214。"""

import json
from typing import Any

from .faults import Error


def check_calls(calls: object, content: object) -> Error | None:
    """检查助手消息里的 tool_calls，合规时返回 None；正文可以为空。"""
    if not isinstance(calls, list) or not isinstance(content, str | None):
        return Error.of(1214)
    valid = all(_is_call(call) for call in calls)
    identities = [call.get("id") for call in calls if isinstance(call, dict)]
    unique = len(set(map(str, identities))) == len(calls)
    return None if valid and unique else Error.of(1214)


def _is_call(call: object) -> bool:
    if not isinstance(call, dict) or call.get("type") != "function":
        return False
    function = call.get("function")
    if not isinstance(function, dict) or not function.get("name"):
        return False
    if not isinstance(call.get("id"), str) or not call["id"]:
        return False
    try:
        return isinstance(json.loads(function["arguments"]), dict)
    except (KeyError, TypeError, ValueError):
        return False


def fold_tools(messages: list[dict[str, Any]]) -> list[str] | None:
    """各条消息的角色，一个回合的工具来回折成一个 tool；没有配对时返回 None。"""
    roles: list[str] = []
    waiting: set[str] = set()
    for message in messages:
        role = message["role"]
        if role == "tool":
            if message.get("tool_call_id") not in waiting:
                return None
            waiting.discard(message["tool_call_id"])
            continue
        if waiting:
            return None
        calls = message.get("tool_calls") if role == "assistant" else None
        if calls and (not roles or roles[-1] not in ("user", "tool")):
            return None
        waiting = {call["id"] for call in calls or ()}
        roles.append("tool" if calls else role)
    return None if waiting else roles
