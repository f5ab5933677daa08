"""提问所指的话：引用的消息与合并转发；拿不到就没有，提问照样回答。"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import anyio
from nonebot.adapters import Bot, Event, Message
from nonebot.adapters.onebot.v11 import Message as OneBotMessage
from nonebot.adapters.onebot.v11.event import Reply as OneBotReply
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import Reply, reply_fetch

from ..domain import Remark, Speaker, well_formed
from . import onebot
from .brief import brief, cut
from .forwards import REMARK_CHARS, TIMEOUT, Gathering, person
from .identity import speaker_of
from .incoming import message_text
from .segments import parts

_TELLING = {"reply", "forward", "json", "node"}
"""可能指着别处的段。"""
_ID_CHARS = 100


@dataclass(frozen=True, slots=True)
class References:
    """提问所指的话。"""

    remarks: tuple[Remark, ...] = ()
    """先是引用的，再是消息里转发的"""
    message_id: str = ""
    """引用了哪条消息，空串为没有引用或平台不说"""


async def referred(bot: Bot, event: Event, depth: int) -> References:
    """提问所指的话，从不失败。

    参数:
        bot: 机器人
        event: 提问
        depth: 合并转发展开几层，0 为不展开
    """
    if isinstance(event, onebot.ChatEvent):
        return await _in_onebot(bot, event.message, event.reply, depth)
    return await _elsewhere(bot, event)


async def _in_onebot(
    bot: Bot, message: OneBotMessage, reply: OneBotReply | None, depth: int
) -> References:
    if reply is None and not any(kind in _TELLING for kind, _ in parts(message)):
        return References()
    gathering = Gathering(bot, depth)
    if reply is None:
        message_id = _undelivered(gathering, message)
        await gathering.unfold((message, False))
        return References(gathering.remarks, message_id)
    sender = reply.sender
    speaker = person(sender.user_id, sender.card, sender.nickname)
    own = speaker.id == bot.self_id
    gathering.add(speaker, reply.message, own=own)
    await gathering.unfold((reply.message, own), (message, False))
    return References(gathering.remarks, str(reply.message_id))


def _undelivered(gathering: Gathering, message: OneBotMessage) -> str:
    """适配器没有取到的引用仍在消息里；新的 NapCat 会附上文字，却不说是谁的。"""
    data = next((data for kind, data in parts(message) if kind == "reply"), {})
    gathering.add(Speaker(""), [{"type": "text", "data": data}])
    return brief(data.get("id"), _ID_CHARS)


async def _elsewhere(bot: Bot, event: Event) -> References:
    """其他平台的引用，由 alconna 去取。"""
    reply: Reply | None = None
    speaker = Speaker("")
    try:
        with anyio.move_on_after(TIMEOUT):
            reply = await reply_fetch(event, bot)
            if reply and isinstance(reply.origin, Event):
                speaker = await speaker_of(bot, reply.origin)
    except Exception as exc:  # 各家的异常各不相同
        logger.debug(f"引用的消息拿不到：{type(exc).__name__}")
    if reply is None:
        return References()
    text = ""
    with suppress(Exception):
        text = _quoted_text(bot, reply)
    own = bool(speaker.id) and speaker.id == bot.self_id
    remarks = (Remark(speaker, text, own),) if text else ()
    return References(remarks, brief(reply.id, _ID_CHARS))


def _quoted_text(bot: Bot, reply: Reply) -> str:
    message = reply.msg
    if isinstance(message, Message):
        text = message_text(bot, message)
    else:
        text = well_formed(message or "").strip()
    return cut(text, REMARK_CHARS)
