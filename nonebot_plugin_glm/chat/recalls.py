"""撤回：被撤回的消息不再回答，它的轮离开历史，不论答到了哪一步。"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..conversation.interruptions import Interruption, Reach
from ..domain import ConversationKey, Question
from .results import Recalled
from .ticket import Ticket

if TYPE_CHECKING:
    from ..conversation.store import ConversationStore
    from .failed import FailedQuestions
    from .queue import ConversationQueue

RECALL_SECONDS = 120.0
"""QQ 只许撤回多少秒之内的消息。"""
_RECALLED_MESSAGES = 1000
"""记住最近多少条被撤回的消息：它们可能还没有排上队。"""

_Message = tuple[str, str, str]
"""一条消息：平台、机器人账号、编号；不同账号的编号会相同。"""


class Recalls:
    """撤回；`key` 都只说明是哪个平台的哪个账号，不限会话。"""

    def __init__(
        self,
        store: ConversationStore,
        queue: ConversationQueue,
        failed: FailedQuestions,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._queue = queue
        self._failed = failed
        self._clock = clock
        self._recalled: deque[_Message] = deque(maxlen=_RECALLED_MESSAGES)

    def cover(self, question: Question) -> bool:
        """提问里有没有被撤回的消息。"""
        return any(message in self._recalled for message in _messages(question))

    async def recall(self, key: ConversationKey, message_id: str) -> Recalled:
        """一条消息被撤回了，别的进程也告诉；等在途的退出，再忘记它的轮。

        参数:
            key: 哪个账号的
            message_id: 被撤回的消息，提问的或回答的
        """
        self.drop(key, message_id)
        said = Interruption(Reach.MESSAGE, key, message_id)
        await self._store.interruptions.tell(said)
        while isinstance(done := await self.forget(key, message_id), Ticket):
            await done.gone.wait()
        return done

    def drop(self, key: ConversationKey, message_id: str) -> None:
        """不再回答它：正在答的中止，还没有来的来了也不答。"""
        message = (key.platform, key.bot_id, message_id)
        self._recalled.append(message)
        self._failed.forget_all(lambda failed: message in _messages(failed.question))
        if ticket := self._queue.find(lambda t: t.holds(key, message_id)):
            ticket.recall(message_id)

    async def forget(self, key: ConversationKey, message_id: str) -> Recalled | Ticket:
        """忘记它的轮；还有含着它的提问没有退出，就得到那个提问，等它走了再来。"""
        if ticket := self._queue.find(lambda t: t.holds(key, message_id)):
            return ticket
        found = await self._store.messages.find(key, message_id)
        if found is None:
            return Recalled()
        if again := self._queue.find(lambda t: t.replaces == found.stored.id):
            again.recall(message_id)
            return again
        await self._store.remove(found.key, found.stored.id)
        fresh = self._clock() - found.created_at < RECALL_SECONDS
        return Recalled(found.key, () if found.own or not fresh else found.answers)


def _messages(question: Question) -> list[_Message]:
    key = question.key
    return [(key.platform, key.bot_id, identity) for identity in question.message_ids]
