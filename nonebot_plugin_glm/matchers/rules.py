"""这条消息是不是给机器人的；不是的话几乎不花代价：不等待，不调用接口。"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from nonebot import get_driver
from nonebot.adapters import Bot, Event

from ..message import onebot

LISTEN_SECONDS = 60.0
"""空的 @ 之后，同一个人的下一条消息在多少秒内算作提问。"""

_STARTS = sorted(get_driver().config.command_start, key=lambda s: (s != "/", s))
_COMMAND_STARTS = tuple(filter(None, _STARTS))
_GLM = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _STARTS))})glm(?:\s|$)")
COMMAND = f"{_STARTS[0]}glm" if _STARTS else "glm"
"""对人说起命令时的写法，通常是 `/glm`。"""


class Listening:
    """正等着谁说下一句。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[str, str], float] = {}

    def start(self, bot: Bot, event: Event) -> None:
        """等这个人的下一句。"""
        now = self._clock()
        self._until = {k: until for k, until in self._until.items() if until > now}
        self._until[bot.self_id, event.get_session_id()] = now + LISTEN_SECONDS

    def stop(self, bot: Bot, event: Event) -> None:
        """不再等这个人。"""
        if self._until:
            self._until.pop((bot.self_id, event.get_session_id()), None)

    def expects(self, bot: Bot, event: Event) -> bool:
        """是否正等着这个人。"""
        if not self._until:
            return False
        until = self._until.get((bot.self_id, event.get_session_id()))
        return until is not None and until > self._clock()


listening = Listening()


def is_for_bot(bot: Bot, event: Event) -> bool:
    """私聊、@（在哪里都行）、回复机器人、叫昵称，或者正等着的下一句；命令不算。"""
    if _is_foreign(bot, event):
        return False
    addressed = (
        event.is_tome() or listening.expects(bot, event) or onebot.mentions_self(event)
    )
    return addressed and not (
        event.get_plaintext().lstrip().startswith(_COMMAND_STARTS)
    )


def is_glm_command(bot: Bot, event: Event) -> bool:
    """以 `/glm` 开头，而且前面没有 @ 别人。"""
    if _is_foreign(bot, event):
        return False
    message = event.get_message()
    if not message or not message[0].is_text():
        return False
    return _GLM.match(event.get_plaintext()) is not None


def _is_foreign(bot: Bot, event: Event) -> bool:
    return onebot.is_foreign(event) or event.get_user_id() == bot.self_id
