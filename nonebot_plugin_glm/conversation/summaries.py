"""摘要的存取。"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from ..domain import ConversationKey
from . import queries
from .database import Database
from .rows import StoredTurn, stored_turn
from .summary import Fold
from .tables import conversations, turns

MOST_CHARS = 2000
"""摘要最长多少字，超过的截去。"""
MOST_TURNS = 400
"""一次最多折进多少轮，更早的不再补。"""


class SummaryStore:
    """摘要的存取；失败时抛 StoreError。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unfolded(self, key: ConversationKey, fold: Fold) -> list[StoredTurn]:
        """这一段里最近的至多 `MOST_TURNS` 轮，从旧到新；别人已经折过了就没有。"""

        def work(connection: Connection) -> list[StoredTurn]:
            query = (
                select(turns)
                .join(conversations)
                .where(
                    *queries.key_is(key),
                    conversations.c.summarized == fold.since,
                    turns.c.id >= fold.since,
                    turns.c.id < fold.before,
                )
                .order_by(turns.c.id.desc())
                .limit(MOST_TURNS)
            )
            rows = connection.execute(query).all()
            return [stored_turn(row) for row in reversed(rows)]

        return await self._database.read(work)

    async def fold(
        self, key: ConversationKey, fold: Fold, folded: Sequence[int], summary: str
    ) -> bool:
        """存下新的摘要，窗口同时从这一段之后开始；其间历史变过就什么也不做。

        重置、撤销与撤回都会让轮变少：那时摘要里就有了不该留下的话。
        """

        def work(connection: Connection) -> bool:
            identity = queries.ensure_conversation(connection, key)
            c = conversations.c
            count = select(func.count()).where(
                turns.c.conversation_id == identity, turns.c.id.in_(folded)
            )
            if connection.execute(count).scalar_one() != len(folded):
                return False
            unchanged = (c.id == identity, c.summarized == fold.since)
            done = connection.execute(
                update(conversations)
                .where(*unchanged)
                .values(summary=summary[:MOST_CHARS], summarized=fold.before)
            )
            if not done.rowcount:
                return False
            queries.advance_window(connection, identity, fold.before)
            return True

        return await self._database.write(work, (key,))
