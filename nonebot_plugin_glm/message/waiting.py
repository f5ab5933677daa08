"""让等着的人知道他的话看到了：贴表情、显示正在输入，太久了说一声还在想。"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from typing_extensions import Self

from nonebot.adapters import Bot, Event

from ..domain import Reader
from ..exception import StoppedError
from .feedback import react, show_typing
from .outgoing import Outgoing
from .sentences import STILL_THINKING

SEEN_AFTER = 1.0
"""这么快就有回答的，不必有动静。"""
TYPING_SECONDS = 5.0
"""「正在输入」隔多少秒再说一次，它自己会消失。"""
AT_ONCE = 20
"""同时至多让几个人看到动静：再多的人一起等时，早点答完比动静要紧。"""
_PLACES = 500
"""记着在多少个地方说过还在想。"""

_told: OrderedDict[Hashable, float] = OrderedDict()
"""哪里最后是什么时候说的还在想：群里几个人一起等，不必一人说一句。"""
_stirred: set[Waiting] = set()
"""此刻看得到动静的人。"""


class Waiting:
    """等回答的这一段时间；`async with` 里是回答，离开时收回表情。

    参数:
        bot: 机器人
        event: 提问的事件
        outgoing: 回到提问来处的路
        reader: 看回答的人，看到一部分就不必再说还在想
        notice: 多少秒之后说一声还在想，0 为不说
    """

    def __init__(
        self, bot: Bot, event: Event, outgoing: Outgoing, reader: Reader, notice: float
    ) -> None:
        self._bot = bot
        self._event = event
        self._outgoing = outgoing
        self._reader = reader
        self._notice = notice
        self._reacted = False
        self._showing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        # 多数时候用不上：定时器比任务便宜
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(SEEN_AFTER, self._start)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._timer.cancel()
        _stirred.discard(self)
        if self._showing is not None:
            self._showing.cancel()
            with suppress(asyncio.CancelledError):
                await self._showing
        if self._reacted:
            await react(self._bot, self._event, on=False)
        if kind is not None and issubclass(kind, StoppedError):
            await self._outgoing.unsay()  # 提问撤回了，没有什么还在想

    def _start(self) -> None:
        started = asyncio.get_running_loop().time() - SEEN_AFTER
        if len(_stirred) < AT_ONCE:
            _stirred.add(self)
            showing = self._show(started)
        else:
            showing = self._say_still_thinking(started)
        self._showing = asyncio.create_task(showing)

    async def _show(self, started: float) -> None:
        noticing = asyncio.create_task(self._say_still_thinking(started))
        try:
            await self._stir()
            await noticing
        finally:
            noticing.cancel()
            await asyncio.wait({noticing})

    async def _stir(self) -> None:
        self._reacted = True  # 贴到一半被打断，也要收回
        self._reacted = await react(self._bot, self._event, on=True)
        while True:
            if not await show_typing(self._bot, self._event):
                return
            await asyncio.sleep(TYPING_SECONDS)

    async def _say_still_thinking(self, started: float) -> None:
        if not self._notice:
            return
        now = asyncio.get_running_loop().time
        place, due = self._outgoing.place, started + self._notice
        while not self._reader.seen:
            due = max(due, _told.get(place, 0.0) + self._notice)
            if due <= now():
                break
            await asyncio.sleep(due - now())
        else:
            return
        _told[place] = now()
        _told.move_to_end(place)
        if len(_told) > _PLACES:
            _told.popitem(last=False)
        await self._outgoing.say(STILL_THINKING)
