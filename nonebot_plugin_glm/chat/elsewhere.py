"""共用一个数据库的别的进程里说的打断，这里也照办。"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ..conversation.interruptions import Reach
from ..domain import ConversationKey
from ..exception import StoreError
from .results import Recalled

if TYPE_CHECKING:
    from ..conversation.interruptions import Heard
    from ..conversation.store import ConversationStore
    from .recalls import Recalls
    from .stops import Stops


class Elsewhere:
    """别的进程。

    中止只管说的时候已经问了的：重置之后马上又问的，不能因为听到得晚而停下。

    参数:
        store: 听得到别的进程说的
        stops: 怎样中止
        recalls: 怎样撤回
    """

    def __init__(
        self, store: ConversationStore, stops: Stops, recalls: Recalls
    ) -> None:
        self._store = store
        self._stops = stops
        self._recalls = recalls
        self._recalled: list[tuple[ConversationKey, str]] = []

    async def catch_up(self) -> None:
        """别处至今说的，都照办；撤回了的只是不再答，历史里的留给 `settle`。"""
        for heard in await self._store.interruptions.hear():
            self._obey(heard)

    async def settle(self) -> list[Recalled]:
        """照办，再让撤回了的离开历史；在途的还没有退出，就留到下一次。

        晚一步才听到，它可能已经答完、存下、说出去了，所以回答也要撤回。

        返回:
            忘记了的轮
        """
        await self.catch_up()
        forgotten: list[Recalled] = []
        waiting, self._recalled = self._recalled, []
        for key, message_id in waiting:
            done = await self._recalls.forget(key, message_id)
            if not isinstance(done, Recalled):
                self._recalled.append((key, message_id))
            elif done.key is not None:
                forgotten.append(done)
        return forgotten

    async def is_answering(self, key: ConversationKey) -> bool:
        """别处是不是正在答这个会话；连不上就当没有。"""
        with suppress(StoreError):
            return await self._store.claims.held_elsewhere(key)
        return False

    def _obey(self, heard: Heard) -> None:
        said = heard.interruption
        if said.reach is not Reach.MESSAGE:
            self._stops.here(said, heard.said_at)
        elif said.identity is not None:
            self._recalls.drop(said.key, said.identity)
            self._recalled.append((said.key, said.identity))
