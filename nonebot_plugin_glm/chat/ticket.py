"""一个在排队或正在回答的提问；同一个人紧接着说的话并在里面。"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import reduce

import anyio

from ..domain import Audience, ConversationKey, Question

MOST_PIECES = 20
"""一个提问最多由几条消息合成：再多就另算一个，免得总也答不上。"""


@dataclass(slots=True, eq=False)
class Ticket:
    """一个在排队或正在回答的提问。"""

    pieces: list[Question]
    """合成提问的各条消息，从旧到新"""
    audience: Audience
    spoken_at: float
    """最后一条是何时来的"""
    replaces: int | None = None
    """重答时取代哪一轮"""
    alone: bool = False
    """自成一问，别的话不并进来"""
    settled: bool = False
    """回答已成：不能再并入，也不能重来"""
    recalled: bool = False
    """人把提问撤回了"""
    started: bool = False
    """已经轮到它"""
    dismissed: bool = False
    """正在关机，不等它了"""
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    """取消它就是中止整个提问"""
    gone: anyio.Event = field(default_factory=anyio.Event)
    """已经离开队伍"""
    _attempt: anyio.CancelScope | None = None

    @property
    def question(self) -> Question:
        """合成的提问。"""
        return reduce(_merged, self.pieces)

    @property
    def open(self) -> bool:
        """是否还能改：没有答成，也没有人看到一部分。"""
        return not (self.settled or self.recalled or self.audience.seen)

    def may_absorb(self, speaker_id: str, since: float) -> bool:
        """这个人的话能否并进来：是同一个人，而且上一句不早于 `since`。"""
        return (
            speaker_id == self.pieces[0].speaker.id
            and self.open
            and self.replaces is None
            and not self.alone
            and self.spoken_at >= since
            and len(self.pieces) < MOST_PIECES
        )

    def absorb(self, question: Question, now: float) -> None:
        """并入一句；已经在回答的从头再答。"""
        self.pieces.append(question)
        self.spoken_at = now
        self._restart()

    def change(self, change: Callable[[Question], Question]) -> None:
        """改还没有开始答的提问；正在答的、答成了的不动。"""
        if self._attempt is None and not self.settled:
            self.pieces = [change(piece) for piece in self.pieces]

    def holds(self, key: ConversationKey, message_id: str) -> bool:
        """这条消息是不是它的，或已经看到的回答的；`key` 说明是哪个账号收到的。"""
        mine = self.pieces[0].key
        if (mine.platform, mine.bot_id) != (key.platform, key.bot_id):
            return False
        asked = any(message_id in piece.message_ids for piece in self.pieces)
        return asked or message_id in self.audience.sent

    def recall(self, message_id: str) -> None:
        """撤回其中一条：还剩别的话就从头再答，否则整个作罢。"""
        rest = [p for p in self.pieces if message_id not in p.message_ids]
        if rest and self.open:
            self.pieces = rest
            self._restart()
        else:
            self.recalled = True
            self.scope.cancel()

    def dismiss(self) -> None:
        """正在关机，不等它了。"""
        self.dismissed = True
        self.scope.cancel()

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """回答一次；提问变了就悄悄离开，没有做完。"""
        self._attempt = anyio.CancelScope()
        try:
            with self._attempt:
                yield
        finally:
            self._attempt = None

    def _restart(self) -> None:
        if self._attempt:
            self._attempt.cancel()


def _merged(first: Question, second: Question) -> Question:
    """两句话合成一个提问。"""
    referred = "\n".join(filter(None, (first.referred, second.referred)))
    return replace(
        second,
        text=f"{first.text}\n{second.text}",
        message_ids=first.message_ids + second.message_ids,
        referred=referred,
        referred_id=second.referred_id or first.referred_id,
    )
