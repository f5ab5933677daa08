"""重置：忘记一个会话或一个群；在途的提问一律中止，晚到的回答不会留下。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from ..conversation.interruptions import Interruption, Reach
from ..domain import ConversationKey
from .results import ResetDone
from .stops import within

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
        said = Interruption(Reach.CONVERSATION, key)
        return await self._reset(said, self._store.forget)

    async def reset_group(self, key: ConversationKey) -> ResetDone:
        """忘记 `key` 所在的群的一切会话，共用的与每个成员的。"""
        said = Interruption(Reach.GROUP, key)
        members = await self._store.group_keys(key)
        return await self._reset(said, self._store.forget_group, members)

    async def _reset(
        self,
        said: Interruption,
        forget: Callable[[ConversationKey], Awaitable[int]],
        others: Sequence[ConversationKey] = (),
    ) -> ResetDone:
        key, matches, queue = said.key, within(said), self._asking.queue
        stopped = await self._asking.stops.stop(said)
        busy = queue.busy(matches)
        self._asking.stops.here(said)  # 告诉别处的时候又来了的：不然要等它答完
        async with queue.alone([key, *others, *busy]):
            self._asking.failed.forget_all(lambda f: matches(f.question.key))
            turns = await forget(key)
            return ResetDone(turns, stopped, len(await self._store.notes.of(key)))
