"""回到提问来处的路：发一条消息，收回已发的。

模型写的东西只作文本段，从不解析：`[CQ:at,qq=all]` 就是这几个字。
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from nonebot.adapters import Bot, Event
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import (
    CustomNode,
    FallbackStrategy,
    Image,
    Receipt,
    Reference,
    Reply,
    Segment,
    Text,
    UniMessage,
)

from ..domain import Speaker
from . import onebot
from .calls import to_the_end
from .mentions import with_mentions


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
        self._receipts: list[Receipt] = []
        self._target = onebot.destination(event) or event

    @property
    def sent(self) -> list[str]:
        """发出的各条回答的编号；平台不给的没有。"""
        replies = (receipt.get_reply(0) for receipt in self._receipts)
        return [reply.id for reply in replies if reply is not None]

    def meet(self, people: Iterable[Speaker]) -> None:
        """在场的人；私聊里没有别人可 @。"""
        self._people = tuple(dict.fromkeys(people)) if self.quotes else ()

    async def say(self, sentence: str) -> None:
        """说一句话；说不出去也不抛出异常。它不是回答，不会被收回。"""
        if not await to_the_end(self._emit([Text(sentence)], quote=self.quotes)):
            await to_the_end(self._emit([Text(sentence)], quote=False))

    async def text(self, text: str, *, quote: bool = False) -> bool:
        """发出一条文本，返回是否发出；引用不成就不带引用再发一次。"""
        segments = with_mentions(text, self._people)
        if quote and self.quotes and await self._answer(segments, quote=True):
            return True
        if await self._answer(segments, quote=False):
            return True
        return len(segments) > 1 and await self._answer([Text(text)], quote=False)

    async def picture(self, png: bytes, *, quote: bool = False) -> bool:
        """发出一张图，返回是否发出；引用不成就不带引用再发一次。"""
        image = [Image(raw=png, mimetype="image/png")]
        if quote and self.quotes and await self._answer(image, quote=True):
            return True
        return await self._answer(image, quote=False)

    async def forward(self, texts: Sequence[str]) -> bool:
        """作为合并转发发出，一段一个节点，返回是否发出。"""
        nodes = [(Speaker(self._bot.self_id, "GLM"), text) for text in texts]
        return await self.dialogue(nodes)

    async def dialogue(self, lines: Iterable[tuple[Speaker, str]]) -> bool:
        """作为合并转发发出，每个节点是一个人说的一段话，返回是否发出。"""
        nodes = [
            CustomNode(speaker.id, speaker.name, [Text(text)])
            for speaker, text in lines
        ]
        return await self._answer([Reference(nodes=nodes)], quote=False)

    async def withdraw(self) -> None:
        """收回发出的回答；平台不许或收不回时作罢。"""
        receipts, self._receipts = self._receipts, []
        for receipt in receipts:
            with suppress(Exception):  # 各家的异常各不相同，而收不回也没有别的办法
                await receipt.recall()

    async def _answer(self, segments: Sequence[Segment], *, quote: bool) -> bool:
        return await to_the_end(self._emit_and_note(segments, quote=quote))

    async def _emit_and_note(self, segments: Sequence[Segment], *, quote: bool) -> bool:
        # 被取消时消息多半已经发出：记下它，才收得回
        receipt = await self._emit(segments, quote=quote)
        if receipt is None:
            return False
        self._receipts.append(receipt)
        return True

    async def _emit(
        self, segments: Sequence[Segment], *, quote: bool
    ) -> Receipt | None:
        message = UniMessage(list(segments))
        # 退路用「忽略」与「禁止」：别的退路会把文本交给平台解析，CQ 码就活了
        whole = message.has(Reference) or message.has(Image)
        fallback = FallbackStrategy.forbid if whole else FallbackStrategy.ignore
        try:
            return await message.send(
                self._target, self._bot, fallback=fallback, reply_to=self._reply(quote)
            )
        except Exception as exc:  # 连接刚断时 FastAPI 抛 RuntimeError，别家各有各的
            logger.warning(f"消息没有发出去：{type(exc).__name__}")
            return None

    def _reply(self, quote: bool) -> Reply | bool:
        if not quote or self._target is self._event:
            return quote
        return Reply(onebot.message_id(self._event))
