"""回答 -> 聊天里的消息：作为文本发出，发不出去就一级一级退。

模型写的东西只作文本段，从不解析：`[CQ:at,qq=all]` 就是这几个字。
"""

from __future__ import annotations

from collections.abc import Sequence

from nonebot.adapters import Bot, Event
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import (
    CustomNode,
    FallbackStrategy,
    Reference,
    Text,
    UniMessage,
)

from .splitting import split_text

UNDELIVERED = (
    "回答没能发出去，可能被平台拦下了。它还在，发送 /glm resend 可以再发一次。"
)


class Outgoing:
    """回到提问来处的路。

    参数:
        bot: 机器人
        event: 提问的事件
        quote: 是否引用提问（群里）
        limit: 一条消息最多多少字
    """

    def __init__(self, bot: Bot, event: Event, *, quote: bool, limit: int) -> None:
        self._bot = bot
        self._event = event
        self._quote = quote
        self._limit = limit

    async def say(self, sentence: str) -> None:
        """说一句话；说不出去也不抛出异常。"""
        if not await self._send(sentence, quote=self._quote):
            await self._send(sentence, quote=False)

    async def deliver(self, text: str) -> bool:
        """发出一个回答，返回是否全部发出。

        每一条先照常发，再不带引用发一次；还不行就把没发出的分成更小的几条，
        仍不行就作为合并转发；都不行时说一声，回答留待 `/glm resend`。
        """
        pieces = split_text(text, self._limit)
        unsent = await self._send_all(pieces, quote=self._quote)
        if unsent:
            unsent = await self._send_smaller(unsent)
        if unsent and not await self._forward(unsent):
            await self.say(UNDELIVERED)
            return False
        return True

    async def _send_all(self, pieces: Sequence[str], *, quote: bool) -> Sequence[str]:
        """依次发出，返回从第一条发不出的起剩下的。"""
        for index, piece in enumerate(pieces):
            quoted = quote and index == 0
            if not await self._send(piece, quote=quoted):
                if quote and await self._send(piece, quote=False):
                    continue
                return pieces[index:]
        return ()

    async def _send_smaller(self, pieces: Sequence[str]) -> Sequence[str]:
        """分成更小的几条再发；分不小又已经不带引用地发过，就不再白发一次。"""
        smaller = [s for p in pieces for s in split_text(p, self._limit // 4)]
        if self._quote and smaller == list(pieces):
            return smaller
        return await self._send_all(smaller, quote=False)

    async def _forward(self, pieces: Sequence[str]) -> bool:
        nodes = [
            CustomNode(self._bot.self_id, "GLM", [Text(piece)]) for piece in pieces
        ]
        return await self._emit(UniMessage([Reference(nodes=nodes)]), quote=False)

    async def _send(self, text: str, *, quote: bool) -> bool:
        return await self._emit(UniMessage([Text(text)]), quote=quote)

    async def _emit(self, message: UniMessage, *, quote: bool) -> bool:
        # 退路用「忽略」与「禁止」：别的退路会把文本交给平台解析，CQ 码就活了
        fallback = (
            FallbackStrategy.forbid
            if message.has(Reference)
            else FallbackStrategy.ignore
        )
        try:
            await message.send(
                self._event, self._bot, fallback=fallback, reply_to=quote
            )
        except Exception as exc:  # 连接刚断时 FastAPI 抛 RuntimeError，别家各有各的
            logger.warning(f"消息没有发出去：{type(exc).__name__}")
            return False
        return True
