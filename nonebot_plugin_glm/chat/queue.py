"""会话里的先后：同一会话的提问一个接一个，随时可以中止。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import anyio

from ..domain import ConversationKey
from ..exception import StoppedError


@dataclass(slots=True, eq=False)
class _Ticket:
    """一个在排队或正在回答的提问。"""

    speaker_id: str
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)


@dataclass(slots=True, eq=False)
class _Lane:
    """一个会话的队伍，没有人用就拆掉。"""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    tickets: list[_Ticket] = field(default_factory=list)
    users: int = 0


class ConversationQueue:
    """所有会话的队伍；会话之间互不等待。"""

    def __init__(self) -> None:
        self._lanes: dict[ConversationKey, _Lane] = {}

    @asynccontextmanager
    async def turn(self, key: ConversationKey, speaker_id: str) -> AsyncIterator[None]:
        """为一个提问排队，轮到时进入。

        异常:
            StoppedError: 排队时或进行中被中止
        """
        ticket = _Ticket(speaker_id)
        with ticket.scope:
            async with self._held(key, ticket):
                yield
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

    def stop(self, key: ConversationKey, speaker_id: str | None = None) -> int:
        """中止 `speaker_id` 的提问（`None` 为所有人的），返回中止了几个。"""
        lane = self._lanes.get(key)
        chosen = [
            ticket
            for ticket in (lane.tickets if lane else ())
            if speaker_id in (None, ticket.speaker_id)
        ]
        for ticket in chosen:
            ticket.scope.cancel()
        return len(chosen)

    @asynccontextmanager
    async def _held(
        self, key: ConversationKey, ticket: _Ticket | None = None
    ) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(key, _Lane())
        lane.users += 1
        if ticket:
            lane.tickets.append(ticket)
        try:
            async with lane.lock:
                yield
        finally:
            if ticket:
                lane.tickets.remove(ticket)
            lane.users -= 1
            if not lane.users:
                del self._lanes[key]
