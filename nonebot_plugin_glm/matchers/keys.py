"""一条消息属于哪个会话：群的范围可以另选。"""

from __future__ import annotations

from nonebot.adapters import Bot, Event

from ..domain import ConversationKey, Scope
from ..message.identity import conversation_key
from .runtime import config, current_service

SCOPE = "scope"
"""群的范围，值是 `group` 或 `member`。"""


def get_key(bot: Bot, event: Event) -> ConversationKey:
    """这条消息所在的会话。"""
    key = conversation_key(bot, event, Scope(config.glm_group_scope))
    service = current_service()
    if service is None or key.scope is Scope.PRIVATE:
        return key
    chosen = service.places.choice(key, SCOPE)
    if chosen is None or chosen == key.scope.value:
        return key
    return conversation_key(bot, event, Scope(chosen))
