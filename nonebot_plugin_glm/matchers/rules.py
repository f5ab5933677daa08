"""这条消息是什么、是不是给机器人的；不是的话几乎不花代价：不等待，不调用接口。"""

from __future__ import annotations

import re
from enum import Enum, auto

from nonebot import get_driver
from nonebot.adapters import Bot, Event

from ..message import onebot
from ..message.incoming import plain_text
from .access import may_chat
from .joining import join_settings, joiner
from .keys import get_key
from .listening import listening, pieces
from .runtime import config, current_service

_STARTS = sorted(get_driver().config.command_start, key=lambda s: (s != "/", s))
_COMMAND_STARTS = tuple(filter(None, _STARTS))
_GLM = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _STARTS))})glm(?:\s|$)")
COMMAND = f"{_STARTS[0]}glm" if _STARTS else "glm"
"""对人说起命令时的写法，通常是 `/glm`。"""


class Kind(Enum):
    """一条消息是什么。"""

    COMMAND = auto()
    """以 `/glm` 开头，而且前面没有 @ 别人"""
    QUESTION = auto()
    """私聊、@（在哪里都行）、回复机器人、叫昵称，或者正等着的下一句"""
    CHATTER = auto()
    """没有叫机器人的话"""
    OTHER = auto()
    """与本插件无关：机器人自己的，别的插件的命令，不许聊天的人叫它"""


def kind_of(bot: Bot, event: Event) -> Kind:
    """一条消息是什么。"""
    if onebot.is_foreign(event) or event.get_user_id() == bot.self_id:
        return Kind.OTHER
    text = plain_text(event)
    if _GLM.match(text) and event.get_message()[0].is_text():
        return Kind.COMMAND
    if text.lstrip().startswith(_COMMAND_STARTS):
        return Kind.OTHER
    if not (is_addressed(bot, event) or continues(bot, event)):
        return Kind.CHATTER
    allowed = may_chat(bot, event, get_key(bot, event))
    return Kind.QUESTION if allowed else Kind.OTHER


def is_called(event: Event) -> bool:
    """是不是叫了机器人。"""
    return event.is_tome() or onebot.mentions_self(event)


def is_addressed(bot: Bot, event: Event) -> bool:
    """是不是叫了机器人，或者正等着他说。"""
    if is_called(event):
        return True
    expected = listening.expects(bot, event) or pieces.expects(bot, event)
    return expected and not onebot.is_for_others(event)


def continues(bot: Bot, event: Event) -> bool:
    """没有叫机器人，但紧接着自己刚问的、还没有答的：一个意思分几条打。"""
    service = current_service()
    if service is None or not service.busy or onebot.is_for_others(event):
        return False
    return service.may_join(get_key(bot, event), event.get_user_id())


def wants_to_join(bot: Bot, event: Event) -> bool:
    """闲谈里机器人想不想插话；每条消息只该问一次，因为要掷骰子。"""
    if onebot.is_for_others(event):
        return False
    key, service = get_key(bot, event), current_service()
    settings = join_settings(config, service.places if service else None, key)
    if settings.silent or not may_chat(bot, event, key):
        return False
    return joiner.wants(key, event, settings)


def is_overheard(bot: Bot, event: Event) -> bool:
    """闲谈听不听：设了才听，只听群里的；关掉了的群、屏蔽了的人不听。"""
    if not config.glm_context_messages or not onebot.is_group(event):
        return False
    return may_chat(bot, event, get_key(bot, event))
