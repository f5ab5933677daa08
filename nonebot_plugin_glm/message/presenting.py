"""一段 Markdown -> 聊天里看得懂的样子：图、合并转发或纯文本，发不出去就退一级。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .outgoing import Outgoing
from .picture.choosing import codes
from .picture.painter import Painter
from .plain import plain_text
from .sentences import COMMAND, FOLDED, UNDELIVERED, as_typed
from .splitting import split_text

NODE_CHARS = 600
"""合并转发的一个节点最多多少字：节点按段落分，太长的一个不如几个好读。

整个回答够长了、余下的又不到一个节点，就不必为它再折一次。
"""
MOST_NODES = 100
"""一个合并转发最多多少个节点，再多就另起一个。

QQ 里手选也只能选一百条；字数合起来离它的上限（约 1 MB）也还远。
"""


@dataclass(frozen=True, slots=True)
class Manner:
    """怎样说一个回答；前几项的含义见 Config 里同名的 `GLM_*`。"""

    message_chars: int = 2000
    forward_chars: int = 1000
    max_segments: int = 4
    stream: bool = True
    painter: Painter | None = None
    """把回答画成图的人，不画就没有"""
    show_fallback: bool = False
    command: str = COMMAND
    """这个机器人的命令名，带前缀"""


class Presenter:
    """把一段 Markdown 送到聊天里。"""

    def __init__(self, outgoing: Outgoing, manner: Manner) -> None:
        self._outgoing = outgoing
        self._manner = manner
        self._shown = 0

    async def present(self, markdown: str) -> bool:
        """送到为止，返回是否全部送到。

        先照应有的样子，不行就把没送到的分成更小的几条，仍不行就合并转发；
        都不行时说一声，回答留待 `/glm resend`。
        """
        unsent = await self.show(markdown)
        if unsent:
            unsent = await self._smaller(unsent)
        if unsent and await self._fold(unsent):
            await self._outgoing.say(as_typed(UNDELIVERED, self._manner.command))
            return False
        return True

    def waits_for(self, block: str) -> bool:
        """从这一块起是不是要等写完了画成一张图。"""
        painter = self._manner.painter
        return painter is not None and painter.waits_for(block)

    async def picture(self, markdown: str) -> bool:
        """值得画就发成一张图，返回是否发出；图里有代码的，后面跟着抄得下来的代码。"""
        painter = self._manner.painter
        image = await painter.paint(markdown) if painter else None
        if image is None or not await self._outgoing.picture(image):
            return False
        texts = [
            text
            for code in codes(markdown)
            for text in split_text(code.strip("\n"), self._manner.message_chars)
            if text.strip()
        ]
        await self._fold(texts)
        return True

    async def show(self, markdown: str) -> Sequence[str]:
        """照应有的样子发出，返回没有发出的各条文本。"""
        if self._is_long(markdown):
            nodes = _texts(markdown, NODE_CHARS)
            # 再试一次才分条：分成几条的长文谁也不想看
            unsent = await self._fold(nodes, tries=2)
            if len(unsent) < len(nodes):
                if self._outgoing.unaddressed:  # 合并转发带不了引用
                    await self._outgoing.text(FOLDED)
                return unsent
        texts = _texts(markdown, self._manner.message_chars)
        return await self._send_all(texts)

    def _is_long(self, markdown: str) -> bool:
        most = self._manner.forward_chars
        whole = self._shown + len(markdown)
        return whole > most and len(markdown) > min(most, NODE_CHARS)

    async def _fold(self, texts: Sequence[str], *, tries: int = 1) -> Sequence[str]:
        """作为合并转发发出，太多就分成几个，返回从第一个发不出的起剩下的。"""
        for start in range(0, len(texts), MOST_NODES):
            nodes = texts[start : start + MOST_NODES]
            for _ in range(tries):
                if await self._outgoing.forward(nodes):
                    break
            else:
                return texts[start:]
        return ()

    async def _send_all(self, texts: Sequence[str]) -> Sequence[str]:
        """依次发出，返回从第一条发不出的起剩下的。"""
        for index, text in enumerate(texts):
            if not await self._outgoing.text(text):
                return texts[index:]
            self._shown += len(text)
        return ()

    async def _smaller(self, texts: Sequence[str]) -> Sequence[str]:
        """分成更小的几条再发；分不小的就不再白发一次。"""
        limit = self._manner.message_chars // 4
        smaller = [piece for text in texts for piece in split_text(text, limit)]
        if smaller == list(texts):
            return smaller
        return await self._send_all(smaller)


def _texts(markdown: str, limit: int) -> list[str]:
    """分成至多 `limit` 字的几段纯文本，没有字的不要。"""
    texts = (plain_text(piece).strip("\n") for piece in split_text(markdown, limit))
    return [text for text in texts if text.strip()]
