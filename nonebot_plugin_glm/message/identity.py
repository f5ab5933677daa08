"""谁在哪里说话：会话的名字、说话的人、是不是群管理员。

OneBot V11 的事件自己带着答案；其他平台问 alconna 与 uninfo。
"""

from __future__ import annotations

from nonebot.adapters import Bot, Event
from nonebot_plugin_alconna.uniseg import (
    At,
    SerializeFailed,
    get_message_id,
    get_target,
)
from nonebot_plugin_uninfo import ADMIN, OWNER, get_session

from ..domain import ConversationKey, Scope, Speaker, well_formed
from . import onebot
from .incoming import segments_of

_NAME_CHARS = 256
"""名字最多多少字：历史里只留了这么长的地方，QQ 的不到一百。"""
_MANAGER = OWNER() | ADMIN()


def conversation_key(bot: Bot, event: Event, group_scope: Scope) -> ConversationKey:
    """这条消息属于哪个会话。"""
    if key := onebot.conversation_key(event, group_scope):
        return key
    target = get_target(event, bot)
    # scope 是字符串枚举，str() 会写成 SupportScope.console，而这是要存进历史的名字
    platform = str.__str__(target.scope or bot.adapter.get_name())
    if target.private:
        return ConversationKey(
            platform, bot.self_id, Scope.PRIVATE, "", event.get_user_id()
        )
    group_id = "/".join(filter(None, (target.parent_id, target.id)))
    user_id = event.get_user_id() if group_scope is Scope.MEMBER else ""
    return ConversationKey(platform, bot.self_id, group_scope, group_id, user_id)


def is_private(bot: Bot, event: Event) -> bool:
    """是不是私聊。"""
    if isinstance(event, onebot.ChatEvent):
        return not onebot.is_group(event)
    return get_target(event, bot).private


def message_id_of(bot: Bot, event: Event) -> tuple[str, ...]:
    """消息的编号；平台不给时是空的。"""
    if found := onebot.message_id(event):
        return (found,)
    try:
        return (get_message_id(event, bot),)
    # alconna 把编号记在事件上，pydantic 1 的事件不许
    except (LookupError, NotImplementedError, SerializeFailed, ValueError):
        return ()


async def speaker_of(bot: Bot, event: Event) -> Speaker:
    """说话的人；平台不给名字时名字为空。"""
    if (found := onebot.speaker(event)) is None:
        session = await get_session(bot, event)
        name = session and (
            (session.member and session.member.nick)
            or session.user.nick
            or session.user.name
        )
        found = Speaker(event.get_user_id(), name or "")
    return Speaker(found.id, well_formed(found.name)[:_NAME_CHARS])


async def is_group_admin(bot: Bot, event: Event) -> bool:
    """是否群主或管理员。"""
    if (found := onebot.is_group_admin(event)) is not None:
        return found
    return await _MANAGER(bot, event)


def mentioned(bot: Bot, event: Event) -> list[str]:
    """消息里 @ 的人的号码，不算机器人自己。"""
    segments = segments_of(bot, event.get_message())
    targets = (found.target for found in segments if isinstance(found, At))
    return [target for target in targets if target != bot.self_id]
