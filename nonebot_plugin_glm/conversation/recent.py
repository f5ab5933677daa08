"""用着的会话也记在内存里：接着聊的不必再读库，读一次要占一个回答四分之一的 CPU 时间。

库才是准的：要写一个会话就先忘记它，写成了再记；旁的写不知道会动到谁，一律全忘。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import dropwhile
from weakref import WeakValueDictionary

from cachetools import LRUCache

from ..domain import ConversationKey
from .rows import Conversation, StoredTurn

MOST = 3_000_000
"""一共最多记多少字，约六兆字节；最久没有用的先忘。"""
_OBJECTS = 300
"""一轮除了文字还占多少，折成字。"""


@dataclass(frozen=True, slots=True)
class _Known:
    """记着的一个会话。"""

    conversation: Conversation
    limit: int
    """读的时候要了至多几轮"""
    size: int


class Attempt:
    """正在读或写的一个会话：做完时没有人又动过它，才可以记。"""

    __slots__ = ("__weakref__", "_identity", "key", "known")

    def __init__(self, key: ConversationKey, known: _Known | None) -> None:
        self.key = key
        self.known = known
        self._identity = known and known.conversation.identity

    def spend_identity(self) -> int | None:
        """会话在库里的编号，不知道是 `None`；只给一次：重做的时候已经换了新库。"""
        identity, self._identity = self._identity, None
        return identity


class Recent:
    """用着的会话；都在事件循环里用。"""

    def __init__(self, most: int = MOST) -> None:
        size: Callable[[_Known], int] = lambda known: known.size  # noqa: E731
        self._known: LRUCache[ConversationKey, _Known] = LRUCache(most, size)
        # 不再有人做的，不必记着
        self._attempts: WeakValueDictionary[ConversationKey, Attempt] = (
            WeakValueDictionary()
        )

    def get(self, key: ConversationKey, limit: int) -> Conversation | None:
        """记着的会话，与从库里读至多 `limit` 轮的一样；没有记着是 `None`。"""
        known = self._known.get(key)
        return known.conversation if known and known.limit == limit else None

    def begin(self, key: ConversationKey) -> Attempt:
        """要读或写一个会话了：先忘记它。"""
        attempt = Attempt(key, self._known.pop(key, None))
        self._attempts[key] = attempt
        return attempt

    def read(self, attempt: Attempt, conversation: Conversation, limit: int) -> None:
        """读出来了。"""
        size = sum(map(_size, conversation.turns))
        size += len(conversation.summary) + sum(len(n.text) for n in conversation.notes)
        self._keep(attempt, _Known(conversation, limit, size + _OBJECTS))

    def appended(
        self, attempt: Attempt, identity: int, stored: StoredTurn, start: int | None
    ) -> None:
        """又存了一轮，除此之外只把窗口推后到第 `start` 轮；原先没有记着就仍不记。"""
        if (known := attempt.known) is None:
            return
        before = known.conversation
        start = max(before.window_start, start or 0)
        every = (*before.turns, stored)
        turns = tuple(dropwhile(lambda turn: turn.id < start, every))
        turns = turns[max(0, len(turns) - known.limit) :]
        gone = every[: len(every) - len(turns)]
        after = replace(before, turns=turns, window_start=start, identity=identity)
        size = known.size + _size(stored) - sum(map(_size, gone))
        self._keep(attempt, _Known(after, known.limit, size))

    def forget(self, keys: Iterable[ConversationKey] | None) -> None:
        """忘记这些会话，`None` 是全忘；正在读的，读完也不记。"""
        if keys is None:
            self._known.clear()
            self._attempts.clear()
            return
        for key in keys:
            self._known.pop(key, None)
            self._attempts.pop(key, None)

    def _keep(self, attempt: Attempt, known: _Known) -> None:
        if self._attempts.get(attempt.key) is not attempt:
            return
        del self._attempts[attempt.key]
        if known.size <= self._known.maxsize:
            self._known[attempt.key] = known


def _size(stored: StoredTurn) -> int:
    turn = stored.turn
    return len(turn.question) + len(turn.answer) + len(turn.referred) + _OBJECTS
