"""重置：忘记一个会话或一个群；在途的提问一律中止，晚到的回答不会留下。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ..domain import ConversationKey, Scope, place_of
from .results import ResetDone

if TYPE_CHECKING:
    from ..conversation.store import ConversationStore
    from .asking import Asking


class Resets:
    """重置；失败时抛 StoreError。"""

    def __init__(self, store: ConversationStore, asking: Asking) -> None:
        self._store = store
        self._asking = asking

    async def reset(self, key: ConversationKey) -> ResetDone:
        """忘记一个会话。"""
        return await self._reset(lambda other: other == key, self._store.forget, key)

    async def reset_group(self, key: ConversationKey) -> ResetDone:
        """忘记 `key` 所在的群的一切会话，共用的与每个成员的。"""
        return await self._reset(same_group(key), self._store.forget_group, key)

    async def _reset(
        self,
        matches: Callable[[ConversationKey], bool],
        forget: Callable[[ConversationKey], Awaitable[int]],
        key: ConversationKey,
    ) -> ResetDone:
        queue = self._asking.queue
        busy = queue.busy(matches)
        stopped = sum(queue.stop(lane) for lane in busy)
        async with queue.alone([key, *busy]):
            self._asking.failed.forget_all(lambda f: matches(f.question.key))
            turns = await forget(key)
            return ResetDone(turns, stopped, len(await self._store.notes.of(key)))


def same_group(key: ConversationKey) -> Callable[[ConversationKey], bool]:
    """是不是同一个群里的会话，共用的与每个成员的。"""
    place = place_of(key)
    return lambda other: other.scope is not Scope.PRIVATE and place_of(other) == place
