"""OneBot V11 独有的事实：事件自己带着名字与角色，各家客户端又各有出入。

出处：NapCat、LLBot、Lagrange.OneBot、go-cqhttp 的源码与适配器 2.4.6 的实测。
"""

from __future__ import annotations

from nonebot.adapters import Event
from nonebot.adapters.onebot.v11 import Event as OneBotEvent
from nonebot.adapters.onebot.v11 import GroupMessageEvent, PrivateMessageEvent

from ..domain import ConversationKey, Scope, Speaker

PLATFORM = "qq"
ChatEvent = (GroupMessageEvent, PrivateMessageEvent)


def is_foreign(event: Event) -> bool:
    """不该当聊天看的 V11 消息：频道的（会被误认作私聊）、缺字段的、机器人自己的。

    缺字段的只是裸的 Event，问它要消息或会话都会抛 ValueError；
    Lagrange 把自己发的消息当普通消息上报，接了就会自问自答。
    """
    if not isinstance(event, OneBotEvent):
        return False
    return not isinstance(event, ChatEvent) or event.user_id == event.self_id


def mentions_self(event: Event) -> bool:
    """消息中间 @ 了机器人；适配器只认开头和结尾的。"""
    if not isinstance(event, GroupMessageEvent):
        return False
    self_id = str(event.self_id)
    return any(
        segment.type == "at" and str(segment.data.get("qq")) == self_id
        for segment in event.message
    )


def conversation_key(event: Event, group_scope: Scope) -> ConversationKey | None:
    """由 V11 事件得到会话；其他平台的事件得到 `None`。"""
    if isinstance(event, GroupMessageEvent):
        user_id = str(event.user_id) if group_scope is Scope.MEMBER else ""
        group_id, scope = str(event.group_id), group_scope
    elif isinstance(event, PrivateMessageEvent):
        group_id, scope, user_id = "", Scope.PRIVATE, str(event.user_id)
    else:
        return None
    return ConversationKey(PLATFORM, str(event.self_id), scope, group_id, user_id)


def speaker(event: Event) -> Speaker | None:
    """说话的人，群名片先于昵称；其他平台的事件得到 `None`。"""
    if not isinstance(event, ChatEvent):
        return None
    sender = event.sender
    name = getattr(sender, "card", None) or sender.nickname or ""
    return Speaker(str(event.user_id), str(name))


def is_group_admin(event: Event) -> bool | None:
    """是否群主或管理员；其他平台的事件得到 `None`。"""
    if not isinstance(event, ChatEvent):
        return None
    return event.sender.role in ("owner", "admin")
