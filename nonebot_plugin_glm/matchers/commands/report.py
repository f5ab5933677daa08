"""`/glm status` 的内容。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...api.parking import Parking, Reach, beijing_time
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
        f"密钥：{await _keys(service)}",
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


async def _keys(service: ChatService) -> str:
    """几个密钥、各搁置到何时；只有一个时只说它是否有效，搁置了也没有别的可换。"""
    total, state = service.key_count, await _key_state(service)
    if total < 2:
        return state
    parked = service.parked_keys()
    told = [_parking(number, parking) for number, parking in parked]
    away = {number for number, parking in parked if parking.reach is Reach.KEY}
    rest = "都搁置了" if len(away) == total else f"{total - len(away)} 个可用，{state}"
    return "；".join([f"{total} 个，{rest}", *told])


def _parking(number: int, parking: Parking) -> str:
    what = "的收费模型" if parking.reach is Reach.PAID else ""
    until = beijing_time(parking.until)
    return f"第 {number} 个{what}搁置到 {until}（北京时间）"


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
