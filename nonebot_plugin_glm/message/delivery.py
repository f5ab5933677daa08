"""一个回答边写边送：写完一段就送一段，最后的要等存好了才送。"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing_extensions import Self

from nonebot.log import logger

from ..domain import Answer, Question, Speaker
from .outgoing import Outgoing
from .paragraphs import Paragraphs, paragraphs
from .presenting import Manner, Presenter
from .sentences import BROKEN, FALLBACK, NOTED, TRUNCATED, UNSAVED, as_typed

BRIEF = 120
"""一开始就写完了的、这么短的回答不分条。"""
_LEAST_PAUSE, _PAUSE_PER_CHAR, _LONGEST_PAUSE = 0.4, 0.01, 2.0
"""两条之间的停顿，秒：像人打字，又不让人干等。"""


class Delivery:
    """提问来处的人，看着回答一段段写出来。`async with` 里用，离开时不再送。

    参数:
        outgoing: 回到提问来处的路
        manner: 怎样说
        sleep: 两条之间的停顿
    """

    def __init__(
        self,
        outgoing: Outgoing,
        manner: Manner,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._outgoing = outgoing
        self._presenter = Presenter(outgoing, manner)
        self._manner = manner
        self._sleep = sleep
        self._parts: list[str] = []
        self._growing = Paragraphs()
        self._handed = ""
        self._segments = 0
        self._full = False
        self._waiting: deque[str] = deque()
        self._unsent: list[str] = []
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    @property
    def seen(self) -> bool:
        """是否已经看到了一部分。"""
        return bool(self._handed)

    @property
    def written(self) -> str:
        """至今写出的。"""
        return "".join(self._parts)

    @property
    def sent(self) -> Sequence[str]:
        """看到的各条消息的编号。"""
        return self._outgoing.sent

    def meet(self, people: Iterable[Speaker], question: Question) -> None:
        """会话里有哪些人，回答的是哪个提问。"""
        self._outgoing.meet(people, question.message_ids)

    def restart(self) -> None:
        """从头再写一遍。"""
        self._parts.clear()
        self._growing = Paragraphs()
        self._full = False

    def read(self, text: str) -> None:
        """又写出了一段；有写完的段落就送出去，不等它送到。"""
        self._parts.append(text)
        if not self._manner.stream or self._full:
            return
        for block in self._growing.feed(text):
            if not self._may_hand(block):
                return
            self._hand(block)

    async def finish(self, answer: Answer) -> None:
        """写完而且存好了：把剩下的送完，末尾加上该有的说明。"""
        await self._drained()
        handed = self._handed.lstrip()
        if not answer.text.startswith(handed):  # 补上了开头的思考：那一段不该给人看
            await self.withdraw()
            handed = ""
        rest = answer.text[len(handed) :]
        blocks = [rest] if self._whole(answer) else paragraphs(rest)
        while len(blocks) > 1 and self._may_hand(blocks[0]):
            self._hand(blocks.pop(0))
        await self._drained()
        await self._end("".join([*self._unsent, *blocks]).strip(), self._notes(answer))

    async def withdraw(self) -> None:
        """收回已经送到的。"""
        await self._stop()
        await self._outgoing.withdraw()
        self._handed, self._segments, self._full = "", 0, False
        self._waiting.clear()
        self._unsent.clear()

    async def _end(self, rest: str, notes: list[str]) -> None:
        """余下的与说明：画得成就是图，说明仍是文本。"""
        if not rest and not notes:
            return
        await self._pause(rest)
        if rest and await self._presenter.picture(rest):
            rest = ""
        if texts := [text for text in (rest, *notes) if text]:
            await self._presenter.present("\n\n".join(texts))

    def _whole(self, answer: Answer) -> bool:
        """余下的是不是不必再分段。"""
        brief = not self._handed and len(answer.text) <= BRIEF
        settled = self._full or bool(self._unsent)
        return brief or settled or not self._manner.stream

    def _may_hand(self, block: str) -> bool:
        """还能不能单独发这一段；条数够了、字数多了、要画成图，余下的就都留到最后。"""
        whole = len(self._handed) + len(block)
        many = self._segments >= self._manner.max_segments - 1
        long = bool(self._handed) and whole > self._manner.forward_chars
        pictured = self._presenter.waits_for(block)
        self._full = self._full or many or long or pictured
        return not self._full

    def _hand(self, block: str) -> None:
        self._handed += block
        self._segments += 1
        self._waiting.append(block)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_waiting())

    async def _send_waiting(self) -> None:
        while self._waiting:
            block = self._waiting.popleft()
            await self._pause(block)
            if self._unsent or await self._presenter.show(block):
                self._unsent.append(block)

    async def _pause(self, block: str) -> None:
        if self._outgoing.sent:
            pause = _LEAST_PAUSE + _PAUSE_PER_CHAR * len(block)
            await self._sleep(min(pause, _LONGEST_PAUSE))

    async def _drained(self) -> None:
        # 直接等任务的话，等的人被取消会连带取消它，而 anyio 的取消一遍遍地来：
        # 正在发的那条就没有人等了，发出去了也收不回
        if self._sender is not None:
            await asyncio.wait({self._sender})
            if not self._sender.cancelled():
                self._sender.result()

    async def _stop(self) -> None:
        if self._sender is not None and not self._sender.done():
            self._sender.cancel()
            await asyncio.wait({self._sender})

    def _notes(self, answer: Answer) -> list[str]:
        """回答末尾的说明。"""
        notes: list[str] = []
        if answer.finish == "length":
            notes.append(TRUNCATED)
        if answer.finish == "broken":
            notes.append(as_typed(BROKEN, self._manner.command))
        if answer.saved and answer.noted:
            notes.append(NOTED.format("；".join(answer.noted)))
        if answer.fallback and self._manner.show_fallback:
            notes.append(FALLBACK.format(answer.model))
        if not answer.saved:
            logger.error("这一轮没能存进历史，请检查数据目录与磁盘空间")
            notes.append(UNSAVED)
        return notes
