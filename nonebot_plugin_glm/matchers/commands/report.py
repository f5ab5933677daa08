"""`/glm status` 的内容。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...domain import ConversationKey, Scope, Turn
from ...exception import AuthError, GLMError, MissingKeyError

if TYPE_CHECKING:
    from ...chat.service import ChatService

_SCOPES = {
    Scope.PRIVATE: "私聊，只有你我",
    Scope.GROUP: "全群共用一份历史",
    Scope.MEMBER: "群里每个成员一份历史",
}


async def status_report(service: ChatService, key: ConversationKey) -> str:
    """一个会话的现状，一项一行。"""
    status = await service.status(key)
    lines = [
        f"模型：{status.model}",
        f"思考：{status.thinking.value}",
        f"范围：{_SCOPES[key.scope]}",
        f"记住：{status.turns} 轮",
        f"上一轮：{_usage(status.last)}",
        f"密钥：{await _key_state(service)}",
    ]
    return "\n".join(lines)


def _usage(last: Turn | None) -> str:
    if last is None:
        return "还没有"
    usage = last.usage
    return (
        f"{last.model}，提示 {usage.prompt_tokens} token"
        f"（其中 {usage.cached_tokens} 命中缓存），回答 {usage.completion_tokens} token"
    )


async def _key_state(service: ChatService) -> str:
    try:
        await service.check_key()
    except MissingKeyError:
        return "没有设置"
    except AuthError:
        return "无效"
    except GLMError:
        return "现在无法确认"
    return "有效"
