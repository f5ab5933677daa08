"""哪些设置改了立即生效，它们怎样写、怎样给人看。"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Any

CHANGEABLE = frozenset(
    {
        "glm_model",
        "glm_models",
        "glm_fallback_models",
        "glm_thinking",
        "glm_temperature",
        "glm_top_p",
        "glm_max_tokens",
        "glm_timeout",
        "glm_system_prompt",
        "glm_history_turns",
        "glm_context_tokens",
        "glm_summary",
        "glm_summary_model",
        "glm_auto_memory",
        "glm_stream",
        "glm_message_chars",
        "glm_max_segments",
        "glm_forward_chars",
        "glm_show_fallback",
        "glm_render",
        "glm_theme",
        "glm_forward_depth",
        "glm_merge_seconds",
        "glm_notice_seconds",
        "glm_max_queue",
        "glm_shutdown_seconds",
        "glm_group_scope",
        "glm_rate_limit",
        "glm_group_rate_limit",
        "glm_groups",
        "glm_users",
        "glm_friends",
        "glm_strangers",
        "glm_context_messages",
        "glm_join_probability",
        "glm_join_keywords",
        "glm_join_cooldown",
        "glm_follow_seconds",
        "glm_prices",
        "glm_quota_user",
        "glm_quota_group",
        "glm_quota_total",
    }
)
"""用到时才读的键；别的在启动时就用掉了，改了要重启，所以没有列在这里的一律不许改。"""

_WITH_PASSWORD = re.compile(r"\w+://[^/]*@")


def is_secret(name: str) -> bool:
    """是不是密钥，或带着密码：从不给人看，也不该发在聊天里。"""
    return "api_key" in name or name == "glm_database_url"


def parsed(text: str) -> Any:
    """人写的值照 `.env` 的规矩读：是 JSON 就按 JSON，不是就是文本。"""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def shown(name: str, value: Any) -> str:
    """一个值给人看的写法，与 `.env` 里的一样；密钥与带密码的地址只说有没有。"""
    if value is None or value == "" or (is_secret(name) and not value):
        return "空"
    if is_secret(name) or (isinstance(value, str) and _WITH_PASSWORD.match(value)):
        unit = "个字符" if isinstance(value, str) else "个"
        return f"已设置（{len(value)} {unit}）"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
