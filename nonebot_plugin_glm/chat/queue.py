"""会话里的先后：同一会话的提问一个接一个，随时可以中止。"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass

from ..domain import Audience, ConversationKey, Question
from ..exception import ClosingError, QueueFullError, StoppedError
from .lane import Claim, Lane
from .ticket import Ticket


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """队伍的分寸。"""

    length: int = 30
    """一个会话里最多有几个提问在等"""
    merge_seconds: float = 0.0
    """同一个人在多少秒内接着说的话并成一个提问，0 为不并"""


class ConversationQueue:
    """所有会话的队伍；会话之间互不等待。"""

    def __init__(
        self,
        limits: Callable[[], QueueLimits] = QueueLimits,
        clock: Callable[[], float] = time.monotonic,
        claim: Claim = nullcontext,
    ) -> None:
        self._claim = claim
        self._limits = limits
        self._clock = clock
        self._lanes: dict[ConversationKey, Lane] = {}
        self.closed = False

    @property
    def keys(self) -> list[ConversationKey]:
        """有人在用的会话。"""
        return list(self._lanes)

    @property
    def active(self) -> bool:
        """是否有任何会话在用。"""
        return bool(self._lanes)

    def join(self, question: Question) -> bool:
        """并进同一个人刚问的、还没有人看到回答的提问；没有这样的提问则为假。"""
        ticket = self._joinable(question.key, question.speaker.id)
        if ticket is None:
            return False
        ticket.absorb(question, self._clock())
        return True

    def may_join(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人现在说的话会不会并进他刚问的提问。"""
        return self._joinable(key, speaker_id) is not None

    @asynccontextmanager
    async def turn(
        self,
        question: Question,
        audience: Audience,
        replaces: int | None = None,
        *,
        alone: bool = False,
    ) -> AsyncIterator[Ticket]:
        """为一个提问排队，轮到时进入；`alone` 的不许别的话并进来。

        异常:
            QueueFullError: 等着的太多
            ClosingError: 正在关机
            StoppedError: 排队时或进行中被中止
        """
        if self.closed:
            raise ClosingError("不再接受提问")
        waiting = sum(1 for _ in self._tickets(question.key))
        if waiting > self._limits().length:
            raise QueueFullError(f"已有 {waiting} 个提问")
        ticket = Ticket([question], audience, self._clock(), replaces, alone)
        with ticket.scope:
            async with self._held(question.key, ticket):
                ticket.started = True
                yield ticket
        if ticket.dismissed and ticket.scope.cancelled_caught:
            raise ClosingError("没能答完")
        if ticket.scope.cancelled_caught:
            raise StoppedError("提问被中止")

    @asynccontextmanager
    async def alone(self, keys: Iterable[ConversationKey]) -> AsyncIterator[None]:
        """占住这些会话的队伍：已在进行的先完成或先退出，之后来的都等着。"""
        async with AsyncExitStack() as stack:
            for key in sorted(set(keys), key=repr):  # 同样的次序，两个人就不会互相等
                await stack.enter_async_context(self._held(key))
            yield

    def busy(self, matches: Callable[[ConversationKey], bool]) -> list[ConversationKey]:
        """相配的会话里有提问的那些。"""
        return [
            key for key, lane in self._lanes.items() if lane.tickets and matches(key)
        ]

    def stop(
        self,
        key: ConversationKey,
        speaker_id: str | None = None,
        before: float = math.inf,
    ) -> int:
        """中止 `speaker_id`（`None` 为所有人）在 `before` 之前问的，返回中止了几个。"""
        chosen = [
            ticket
            for ticket in self._tickets(key)
            if speaker_id in (None, ticket.question.speaker.id)
            and ticket.spoken_at <= before
        ]
        for ticket in chosen:
            ticket.scope.cancel()
        return len(chosen)

    def asking(self, matches: Callable[[Question], bool]) -> list[ConversationKey]:
        """有相配的提问的会话。"""
        return self.busy(
            lambda key: any(matches(ticket.question) for ticket in self._tickets(key))
        )

    def change(self, change: Callable[[Question], Question]) -> None:
        """改还没有开始答的提问。"""
        for ticket in self.everyone():
            ticket.change(change)

    def has_asked(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人在会话里是否有提问。"""
        return any(t.question.speaker.id == speaker_id for t in self._tickets(key))

    def is_hearing(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人是否正看着一个还没有说完的回答。"""
        mine = (t for t in self._tickets(key) if t.question.speaker.id == speaker_id)
        return any(ticket.audience.seen for ticket in mine)

    def find(self, matches: Callable[[Ticket], bool]) -> Ticket | None:
        """第一个相配的提问。"""
        return next(filter(matches, self.everyone()), None)

    def everyone(self) -> list[Ticket]:
        """所有的提问。"""
        return [ticket for lane in self._lanes.values() for ticket in lane.tickets]

    def _joinable(self, key: ConversationKey, speaker_id: str) -> Ticket | None:
        if self.closed or key not in self._lanes:
            return None
        if not (seconds := self._limits().merge_seconds):
            return None
        since = self._clock() - seconds
        mine = (t for t in self._tickets(key) if t.may_absorb(speaker_id, since))
        return max(mine, key=lambda ticket: ticket.spoken_at, default=None)

    def _tickets(self, key: ConversationKey) -> Iterator[Ticket]:
        lane = self._lanes.get(key)
        return iter(lane.tickets if lane else ())

    @asynccontextmanager
    async def _held(
        self, key: ConversationKey, ticket: Ticket | None = None
    ) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(key, Lane())
        lane.users += 1
        if ticket:
            lane.tickets.append(ticket)
        try:
            async with lane.lock, self._claim(key):
                yield
        finally:
            if ticket:
                lane.tickets.remove(ticket)
                ticket.gone.set()
            lane.users -= 1
            if not lane.users:
                del self._lanes[key]
