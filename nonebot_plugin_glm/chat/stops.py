"""中止提问：本进程的立即，共用数据库的别的进程里的随后。"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..conversation.interruptions import Interruption, Reach
from ..domain import ConversationKey, Scope, place_of

if TYPE_CHECKING:
    from ..conversation.interruptions import Interruptions
    from .queue import ConversationQueue


class Stops:
    """中止；各个方法返回本进程里中止了几个。"""

    def __init__(self, queue: ConversationQueue, interruptions: Interruptions) -> None:
        self._queue = queue
        self._interruptions = interruptions

    async def conversation(
        self, key: ConversationKey, speaker_id: str | None = None
    ) -> int:
        """中止 `speaker_id` 在一个会话里的提问（`None` 为所有人的）。"""
        return await self.stop(Interruption(Reach.CONVERSATION, key, speaker_id))

    async def group(self, key: ConversationKey) -> int:
        """中止 `key` 所在的群的一切提问，各成员的会话里的也算。"""
        return await self.stop(Interruption(Reach.GROUP, key))

    async def person(self, platform: str, speaker_id: str) -> int:
        """中止一个人在一个平台上各处的提问。"""
        key = ConversationKey(platform, "", Scope.PRIVATE)
        return await self.stop(Interruption(Reach.PLATFORM, key, speaker_id))

    async def stop(self, said: Interruption) -> int:
        """中止打断所及的。"""
        stopped = self.here(said)
        await self._interruptions.tell(said)
        return stopped

    def here(self, said: Interruption, before: float = math.inf) -> int:
        """只中止本进程的、`before`（`time.monotonic`）之前问的，返回中止了几个。"""
        lanes = self._queue.busy(within(said))
        return sum(self._queue.stop(lane, said.identity, before) for lane in lanes)


def within(said: Interruption) -> Callable[[ConversationKey], bool]:
    """一个会话在不在打断的范围里。"""
    if said.reach is Reach.PLATFORM:
        return lambda key: key.platform == said.key.platform
    if said.reach is Reach.CONVERSATION:
        return lambda key: key == said.key
    place = place_of(said.key)
    return lambda key: key.scope is not Scope.PRIVATE and place_of(key) == place
