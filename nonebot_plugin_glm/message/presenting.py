"""一段 Markdown -> 聊天里看得懂的样子：合并转发或纯文本，发不出去就退一级。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .outgoing import Outgoing
from .plain import plain_text
from .sentences import UNDELIVERED
from .splitting import split_text

NODE_CHARS = 600
"""合并转发的一个节点最多多少字：节点按段落分，太长的一个不如几个好读。"""


@dataclass(frozen=True, slots=True)
class Manner:
    """怎样说一个回答；各项的含义见 Config 里同名的 `GLM_*`。"""

    message_chars: int = 2000
    forward_chars: int = 1000
    max_segments: int = 4
    stream: bool = True
    show_fallback: bool = False


class Presenter:
    """把一段 Markdown 送到聊天里；回答的第一条引用提问。"""

    def __init__(self, outgoing: Outgoing, manner: Manner) -> None:
        self._outgoing = outgoing
        self._manner = manner
        self._quote = True

    async def present(self, markdown: str) -> bool:
        """送到为止，返回是否全部送到。

        先照应有的样子，不行就把没送到的分成更小的几条，仍不行就合并转发；
        都不行时说一声，回答留待 `/glm resend`。
        """
        unsent = await self.show(markdown)
        if unsent:
            unsent = await self._smaller(unsent)
        if unsent and not await self._outgoing.forward(unsent):
            await self._outgoing.say(UNDELIVERED)
            return False
        return True

    async def show(self, markdown: str) -> Sequence[str]:
        """照应有的样子发出，返回没有发出的各条文本。"""
        if await self._as_forward(markdown):
            self._quote = False
            return ()
        texts = _texts(markdown, self._manner.message_chars)
        return await self._send_all(texts)

    async def _as_forward(self, markdown: str) -> bool:
        if len(markdown) <= self._manner.forward_chars:
            return False
        return await self._outgoing.forward(_texts(markdown, NODE_CHARS))

    async def _send_all(self, texts: Sequence[str]) -> Sequence[str]:
        """依次发出，返回从第一条发不出的起剩下的。"""
        for index, text in enumerate(texts):
            if not await self._outgoing.text(text, quote=self._quote):
                return texts[index:]
            self._quote = False
        return ()

    async def _smaller(self, texts: Sequence[str]) -> Sequence[str]:
        """分成更小的几条再发；分不小又已经不带引用地发过，就不再白发一次。"""
        limit = self._manner.message_chars // 4
        smaller = [piece for text in texts for piece in split_text(text, limit)]
        if self._outgoing.quotes and smaller == list(texts):
            return smaller
        self._quote = False
        return await self._send_all(smaller)


def _texts(markdown: str, limit: int) -> list[str]:
    """分成至多 `limit` 字的几段纯文本，没有字的不要。"""
    texts = (plain_text(piece).strip("\n") for piece in split_text(markdown, limit))
    return [text for text in texts if text.strip()]
