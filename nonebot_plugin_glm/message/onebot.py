"""OneBot V11 独有的事实：事件自己带着名字与角色，各家客户端又各有出入。

出处：NapCat、LLBot、Lagrange.OneBot、go-cqhttp 的源码与适配器 2.4.6 的实测。
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import (
    ActionFailed,
    ApiNotAvailable,
    FriendRecallNoticeEvent,
    GroupMessageEvent,
    GroupRecallNoticeEvent,
    NetworkError,
    PrivateMessageEvent,
)
from nonebot.adapters.onebot.v11 import (
    Event as OneBotEvent,
)
from nonebot_plugin_alconna.uniseg import SupportScope, Target

from ..domain import ConversationKey, Scope, Speaker

PLATFORM = "qq"
_V11 = {"adapter": "OneBot V11", "scope": SupportScope.qq_client}
_HUGE = 1 << 64
"""没有这么大的号码。"""
ChatEvent = (GroupMessageEvent, PrivateMessageEvent)


def is_foreign(event: Event) -> bool:
    """不该当聊天看的 V11 消息：频道的（会被误认作私聊）、缺字段的、机器人自己的。

    缺字段的只是裸的 Event，问它要消息或会话都会抛 ValueError；
    Lagrange 把自己发的消息当普通消息上报，接了就会自问自答；
    号码有几百位的历史里放不下。
    """
    if not isinstance(event, OneBotEvent):
        return False
    if not isinstance(event, ChatEvent) or event.user_id == event.self_id:
        return True
    group_id = event.group_id if isinstance(event, GroupMessageEvent) else 0
    return max(event.user_id, group_id, abs(event.message_id)) >= _HUGE


def is_group(event: Event) -> bool:
    """是不是 V11 的群消息。"""
    return isinstance(event, GroupMessageEvent)


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
        return _key(event, group_scope, str(event.group_id), user_id)
    if isinstance(event, PrivateMessageEvent):
        return _key(event, Scope.PRIVATE, user_id=str(event.user_id))
    return None


def speaker(event: Event) -> Speaker | None:
    """说话的人，群名片先于昵称；其他平台的事件得到 `None`。"""
    if not isinstance(event, ChatEvent):
        return None
    sender = event.sender
    name = getattr(sender, "card", None) or sender.nickname or ""
    return Speaker(str(event.user_id), str(name))


def group_name(event: Event) -> str:
    """群的名字：NapCat 与 LLBot 写在事件上，别的客户端不给。"""
    if not isinstance(event, GroupMessageEvent):
        return ""
    return str(getattr(event, "group_name", None) or "")


def is_group_admin(event: Event) -> bool | None:
    """是否群主或管理员；其他平台的事件得到 `None`。"""
    if not isinstance(event, ChatEvent):
        return None
    return event.sender.role in ("owner", "admin")


def message_id(event: Event) -> str:
    """消息的编号；不是 V11 的消息时为空串。"""
    return str(event.message_id) if isinstance(event, ChatEvent) else ""


def destination(event: Event) -> Target | None:
    """回话的去处；其他平台的事件得到 `None`。

    不交给适配器猜：群临时会话的群号各家放在不同的地方，NapCat 的还会被当成群消息。
    """
    if isinstance(event, GroupMessageEvent):
        return Target(str(event.group_id), self_id=str(event.self_id), **_V11)
    if isinstance(event, PrivateMessageEvent):
        place = _temporary_group(event)
        return Target(
            str(event.user_id), place, private=True, self_id=str(event.self_id), **_V11
        )
    return None


def is_stranger(event: Event) -> bool:
    """私聊机器人的是不是陌生人：从群里发起的临时会话，或别的不是好友的。"""
    return isinstance(event, PrivateMessageEvent) and event.sub_type != "friend"


def is_for_others(event: Event) -> bool:
    """群消息 @ 了或回复了别人，而不是机器人；取不到所回复的，就当是别人的。"""
    if not isinstance(event, GroupMessageEvent):
        return False
    self_id = str(event.self_id)
    if event.reply and str(event.reply.sender.user_id) != self_id:
        return True
    return any(
        segment.type == "reply"
        or (segment.type == "at" and str(segment.data.get("qq")) != self_id)
        for segment in event.message
    )


@dataclass(frozen=True, slots=True)
class RecalledMessage:
    """一条被撤回的消息。"""

    key: ConversationKey
    """消息所在的群或私聊"""
    message_id: str
    by_bot: bool
    """是不是机器人自己撤回的"""


def recalled_message(event: Event) -> RecalledMessage | None:
    """由撤回的通知得到被撤回的消息；不是这种通知时得到 `None`。"""
    if isinstance(event, GroupRecallNoticeEvent):
        key = _key(event, Scope.GROUP, group_id=str(event.group_id))
        by_bot = event.operator_id == event.self_id
    elif isinstance(event, FriendRecallNoticeEvent):
        key = _key(event, Scope.PRIVATE, user_id=str(event.user_id))
        by_bot = event.user_id == event.self_id
    else:
        return None
    return RecalledMessage(key, str(event.message_id), by_bot)


async def delete(bot: Bot, message_ids: Iterable[str]) -> None:
    """撤回机器人发的消息；太久的撤不回，作罢。"""
    for message_id in message_ids:
        with suppress(ActionFailed, NetworkError, ApiNotAvailable):
            await bot.call_api("delete_msg", message_id=int(message_id))


def _key(
    event: OneBotEvent, scope: Scope, group_id: str = "", user_id: str = ""
) -> ConversationKey:
    return _known_key(event.self_id, scope, group_id, user_id)


@lru_cache(maxsize=1024)  # 同一个会话就是同一个值，字典里认得快
def _known_key(
    self_id: int, scope: Scope, group_id: str, user_id: str
) -> ConversationKey:
    return ConversationKey(PLATFORM, str(self_id), scope, group_id, user_id)


def _temporary_group(event: PrivateMessageEvent) -> str:
    """临时会话所在的群：NapCat 写在外层，LLBot 与 go-cqhttp 写在 sender 里。"""
    if event.sub_type != "group":
        return ""
    found = getattr(event, "group_id", None) or getattr(event.sender, "group_id", None)
    return str(found or "")
