"""谁能在哪里与机器人聊天：设置里的名单、群里的开关、屏蔽的人。"""

from __future__ import annotations

from collections.abc import Collection

from nonebot import get_driver
from nonebot.adapters import Bot, Event

from ..domain import ConversationKey, Scope
from ..message import onebot
from .owners import platform_of
from .runtime import config, current_service

ENABLED = "enabled"
"""群的开关，值是 `on` 或 `off`。"""


def listed(identity: str, names: Collection[str]) -> bool:
    """名单许不许：前面有减号的不许；有不带减号的，就只许它们。"""
    if not names:
        return True
    if f"-{identity}" in names:
        return False
    only = [name for name in names if not name.startswith("-")]
    return not only or identity in only


def is_superuser(bot: Bot, event: Event) -> bool:
    """是否超级用户，与 NoneBot 的 SUPERUSER 一样，只是不必等。"""
    superusers = get_driver().config.superusers
    return bool(superusers) and is_superuser_id(bot, event.get_user_id())


def is_superuser_id(bot: Bot | None, user_id: str) -> bool:
    """这个号码的人是否超级用户；没有机器人时只认不带平台的号码。"""
    superusers = get_driver().config.superusers
    if user_id in superusers or bot is None:
        return user_id in superusers
    return f"{platform_of(bot)}:{user_id}" in superusers


def is_open(bot: Bot, event: Event, key: ConversationKey) -> bool:
    """机器人的主人许不许这个人在这里用；群自己关掉了的不算。"""
    if key.scope is Scope.PRIVATE:
        stranger = onebot.is_stranger(event)
        place = config.glm_strangers if stranger else config.glm_friends
    else:
        place = listed(key.group_id, config.glm_groups)
    user_id = event.get_user_id()
    welcome = listed(user_id, config.glm_users) and not _blocked(key, user_id)
    return (place and welcome) or is_superuser(bot, event)


def may_chat(bot: Bot, event: Event, key: ConversationKey) -> bool:
    """这个人能否在这里聊天；群关掉之后，命令照常而聊天不行。"""
    service = current_service()
    if service and service.places.choice(key, ENABLED) == "off":
        return False
    return is_open(bot, event, key)


def _blocked(key: ConversationKey, user_id: str) -> bool:
    service = current_service()
    return service is not None and service.places.is_blocked(key.platform, user_id)
