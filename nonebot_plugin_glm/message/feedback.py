"""等待时的动静：群里给提问贴一个表情，私聊里显示正在输入，答了就收回。

没有这些接口的客户端什么也不会看到，过很久才再试。
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakKeyDictionary

from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import Bot as OneBot
from nonebot.adapters.onebot.v11 import GroupMessageEvent, PrivateMessageEvent
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import message_reaction

from . import onebot
from .calls import to_the_end

EYES = "128064"
"""QQ 表情编号里的「👀」。"""
TYPING = 1
"""`set_input_status` 的「正在输入」。"""

React = Callable[[OneBot, GroupMessageEvent, bool], Coroutine[Any, Any, object]]


async def _like(bot: OneBot, event: GroupMessageEvent, on: bool) -> object:
    """NapCat。"""
    return await bot.call_api(
        "set_msg_emoji_like", message_id=event.message_id, emoji_id=EYES, set=on
    )


async def _like_or_unlike(bot: OneBot, event: GroupMessageEvent, on: bool) -> object:
    """LLBot。"""
    api = "set_msg_emoji_like" if on else "unset_msg_emoji_like"
    return await bot.call_api(api, message_id=event.message_id, emoji_id=EYES)


async def _group_reaction(bot: OneBot, event: GroupMessageEvent, on: bool) -> object:
    """Lagrange。"""
    return await bot.call_api(
        "set_group_reaction",
        group_id=event.group_id,
        message_id=event.message_id,
        code=EYES,
        is_add=on,
    )


_REACTIONS: dict[str, React | None] = {
    "napcat": _like,
    "llonebot": _like_or_unlike,
    "llbot": _like_or_unlike,
    "luckylillia": _like_or_unlike,
    "lagrange": _group_reaction,
    "go-cqhttp": None,
}
"""客户端自报的名字里有哪个词，就用哪种；认不出的照 NapCat 的试一次。"""
_TYPING = ("napcat", "llonebot", "llbot", "luckylillia")

_PATIENCE = 3
"""接连失败几次就算没有这个接口。"""
_GIVEN_UP = 600.0
"""算作没有之后多少秒再试一次：也许只是那几条消息不行。"""

_apps: WeakKeyDictionary[Bot, str] = WeakKeyDictionary()
_failures: WeakKeyDictionary[Bot, dict[str, list[float]]] = WeakKeyDictionary()
"""接连失败的几次各是什么时候。"""


async def react(bot: Bot, event: Event, *, on: bool) -> bool:
    """给提问贴上或收回表情，返回是否做到。"""
    if isinstance(event, GroupMessageEvent) and isinstance(bot, OneBot):
        way = way_to_react(await _app(bot))
        return way is not None and await _try(
            bot, "reaction", lambda: way(bot, event, on)
        )
    if isinstance(bot, OneBot):
        return False
    return await _try(
        bot,
        "reaction",
        lambda: message_reaction("👀", event=event, bot=bot, delete=not on),
    )


async def show_typing(bot: Bot, event: Event) -> bool:
    """私聊里显示正在输入，几秒后自己消失；返回是否做到。"""
    if not (isinstance(event, PrivateMessageEvent) and isinstance(bot, OneBot)):
        return False
    if onebot.is_stranger(event):  # 临时会话里没有
        return False
    if not may_type(await _app(bot)):
        return False
    user_id = event.user_id
    return await _try(
        bot,
        "typing",
        lambda: bot.call_api("set_input_status", user_id=user_id, event_type=TYPING),
    )


def way_to_react(app: str) -> React | None:
    """这个客户端怎样贴表情；认不出的照 NapCat 的试。"""
    kind = _known(app, _REACTIONS)
    return _REACTIONS[kind] if kind else _like


def may_type(app: str) -> bool:
    """这个客户端会不会显示正在输入；不肯说自己是谁的当作会。"""
    return not app or bool(_known(app, _TYPING))


async def _app(bot: OneBot) -> str:
    """客户端自报的名字，问一次就记住；不肯说的是空串。"""
    if bot not in _apps:
        app = ""
        try:
            info = await to_the_end(bot.call_api("get_version_info"), bot)
            app = str(info.get("app_name") or "").lower()
        except Exception as exc:
            logger.debug(f"客户端不说自己是谁：{type(exc).__name__}")
        _apps[bot] = app  # 问到了再记：正问着时来的另一问，不该当它不肯说
    return _apps[bot]


def _known(app: str, words: dict[str, React | None] | tuple[str, ...]) -> str:
    return next((word for word in words if word in app), "")


async def _try(
    bot: Bot, what: str, call: Callable[[], Coroutine[Any, Any, object]]
) -> bool:
    failures = _failures.setdefault(bot, {}).setdefault(what, [])
    if len(failures) >= _PATIENCE and time.monotonic() - failures[-1] < _GIVEN_UP:
        return False
    try:
        await to_the_end(call(), bot)
    except Exception as exc:  # 没有这个接口，或这条消息不行：各家说法不同
        logger.debug(f"这次做不到 {what}：{type(exc).__name__}")
        failures[:-_PATIENCE] = []
        failures.append(time.monotonic())
        return False
    failures.clear()
    return True
