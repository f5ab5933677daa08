"""回到提问来处的路：发一条消息，收回已发的。

模型写的东西只作文本段，从不解析：`[CQ:at,qq=all]` 就是这几个字。
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from nonebot.adapters import Bot, Event
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import (
    At,
    CustomNode,
    FallbackStrategy,
    Image,
    Reference,
    Reply,
    Segment,
    Target,
    Text,
    UniMessage,
)

from ..domain import Speaker
from . import onebot
from .calls import to_the_end
from .floor import floor
from .mentions import with_mentions
from .reconnecting import is_connected, reconnection
from .sent import Sent, SentMessages
from .whereabouts import find_sent, is_unsure

_Form = tuple[list[Segment], bool]
"""一条消息的样子：各段，带不带引用。"""


class Outgoing:
    """回到提问来处的路。

    参数:
        bot: 机器人
        event: 提问的事件
        quote: 是否引用提问（群里）
    """

    def __init__(self, bot: Bot, event: Event, *, quote: bool) -> None:
        self._bot = bot
        self._event = event
        self.quotes = quote
        self._people: tuple[Speaker, ...] = ()
        self._question = onebot.message_id(event)
        self._sending = asyncio.Lock()
        self._was_connected = is_connected(bot)
        self._answers = SentMessages(bot)
        self._said = SentMessages(bot)
        self._target = onebot.destination(event) or event
        self.place = _place(bot, event, self._target)

    @property
    def sent(self) -> list[str]:
        """发出的各条回答的编号；平台不给的没有。"""
        return self._answers.ids

    def meet(self, people: Iterable[Speaker], message_ids: Sequence[str]) -> None:
        """在场的人，私聊里没有别人可 @；提问的各条消息，撤回了的不在其中。"""
        self._people = tuple(dict.fromkeys(people)) if self.quotes else ()
        self._question = message_ids[0] if message_ids else self._question

    @property
    def unaddressed(self) -> bool:
        """群里的人是不是看不出下一条是说给谁的；私聊里总看得出。"""
        return self.quotes and not floor.holds(self.place, self)

    async def say(self, sentence: str) -> None:
        """说一句话；说不出去也不抛出异常。它不是回答，不随回答收回。"""
        for segments, quote in self._forms([Text(sentence)], first=True):
            if await self._post(segments, quote=quote, noted=self._said):
                return floor.leave(self.place)

    async def text(self, text: str) -> bool:
        """发出一条文本，返回是否发出。

        群里看不出是说给谁的就引用提问，引用不成就 @ 他；都不成时写的 @ 只作文字。
        """
        segments = with_mentions(text, self._people)
        for form, quote in self._forms(segments, first=self.unaddressed):
            if await self._answer(form, quote=quote):
                floor.take(self.place, self)
                return True
        return len(segments) > 1 and await self._answer([Text(text)], quote=False)

    async def picture(self, png: bytes) -> bool:
        """发出一张图，返回是否发出；群里看不出是说给谁的就引用提问或 @ 他。"""
        image: list[Segment] = [Image(raw=png, mimetype="image/png")]
        for form, quote in self._forms(image, first=self.unaddressed):
            if await self._answer(form, quote=quote):
                floor.take(self.place, self)
                return True
        return False

    async def forward(self, texts: Sequence[str]) -> bool:
        """作为合并转发发出，一段一个节点，返回是否发出。"""
        nodes = [(Speaker(self._bot.self_id, "GLM"), text) for text in texts]
        return await self.dialogue(nodes)

    async def dialogue(self, lines: Iterable[tuple[Speaker, str]]) -> bool:
        """作为合并转发发出，每个节点是一个人说的一段话，返回是否发出。

        临时会话里不发：它的接口带不了群号，会发给不是好友的人，谁也看不到。
        """
        if onebot.is_stranger(self._event):
            return False
        nodes = [
            CustomNode(speaker.id, speaker.name, [Text(text)])
            for speaker, text in lines
        ]
        return await self._answer([Reference(nodes=nodes)], quote=False)

    async def withdraw(self) -> None:
        """收回发出的回答；平台不许或收不回时作罢。"""
        await self._answers.recall()

    async def unsay(self) -> None:
        """收回说过的话，回答之外的。"""
        await self._said.recall()

    async def _answer(self, segments: Sequence[Segment], *, quote: bool) -> bool:
        return await self._post(segments, quote=quote, noted=self._answers)

    async def _post(
        self, segments: Sequence[Segment], *, quote: bool, noted: SentMessages
    ) -> bool:
        async def emit_and_note() -> bool:
            # 一条发完再发一条：客户端同时收到两条，「还在想」会落在回答后面
            async with self._sending:
                sent = await self._emit(segments, quote=quote)
                lost = sent is None and self._was_connected
                if lost and await reconnection.back(self._bot):
                    sent = await self._emit(segments, quote=quote)
            # 被取消时消息多半已经发出：记下它，才收得回
            if sent is None:
                return False
            noted.note(sent)
            return True

        try:
            return await to_the_end(emit_and_note(), self._bot)
        except ConnectionResetError:  # 正在关机而连接断了，没有应答可等
            return False

    def _forms(self, segments: list[Segment], *, first: bool) -> Iterator[_Form]:
        """依次试的两个样子：一样的两次，可能一样地被拒绝。"""
        yield segments, self.quotes and first
        if self.quotes and first:
            asker = At("user", self._event.get_user_id())
            yield [asker, Text(" "), *segments], False
        else:
            yield segments, self.quotes

    async def _emit(self, segments: Sequence[Segment], *, quote: bool) -> Sent | None:
        message = UniMessage(list(segments))
        # 退路用「忽略」与「禁止」：别的退路会把文本交给平台解析，CQ 码就活了
        whole = any(isinstance(one, Reference | Image) for one in segments)
        fallback = FallbackStrategy.forbid if whole else FallbackStrategy.ignore
        try:
            return await message.send(
                self._target, self._bot, fallback=fallback, reply_to=self._reply(quote)
            )
        except Exception as exc:  # 连接刚断时 FastAPI 抛 RuntimeError，别家各有各的
            if is_unsure(exc):
                found = await find_sent(self._bot, self._target, segments)
                if found:
                    logger.warning("客户端没有回音，而消息已经发出去了")
                    return found
            logger.warning(f"消息没有发出去：{type(exc).__name__}")
            return None

    def _reply(self, quote: bool) -> Reply | bool:
        if not quote or self._target is self._event:
            return quote
        return Reply(self._question)


def _place(bot: Bot, event: Event, target: Target | Event) -> tuple[str, ...]:
    """话说在哪里：哪个账号在哪个群，或与谁。"""
    if isinstance(target, Target):
        return bot.self_id, target.parent_id, target.id
    return bot.self_id, event.get_session_id()
