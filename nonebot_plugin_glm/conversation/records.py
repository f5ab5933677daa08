"""存着的话归说它的人：全部取出、抹去一个人、过期的不留。"""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select, update

from ..domain import ConversationKey
from . import erasing, queries
from .beijing import beijing_day
from .database import Database
from .erasing import Erased
from .exporting import Record, Said
from .rows import stored_turn
from .tables import conversations, notes, requests, turns
from .traces import Person

_BATCH = 500
"""一次最多删几轮：删得太久，提问都要等着。"""


class Records:
    """存着的话；失败时抛 StoreError。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, key: ConversationKey, most: int) -> Record:
        """一个会话的最近至多 `most` 轮，窗口之外的也算，与它的备忘。"""
        noted = select(notes.c.text).join(conversations).where(*queries.key_is(key))

        def work(connection: Connection) -> Record:
            rows = queries.newest_rows(connection, key, most)
            said = [Said(stored_turn(row).turn, row.created_at) for row in rows]
            texts = connection.execute(noted.order_by(notes.c.id)).scalars()
            return Record(key, tuple(reversed(said)), tuple(texts))

        return await self._database.read(work)

    async def conversations_of(self, person: Person) -> list[ConversationKey]:
        """留着一个人的话的会话。"""
        return await self._database.read(lambda c: erasing.conversations_of(c, person))

    async def erase(self, person: Person) -> Erased:
        """抹去一个人；文件里还有残片，要 `scrub`。"""
        return await self._database.write(lambda c: erasing.erase(c, person))

    async def scrub(self) -> None:
        """把文件整个重写一遍，抹去的一个字节也不留。

        实测 `secure_delete` 只清空删去的地方，行在页之间搬动时留下的旧份它不管。
        四百兆要五六秒，其间别的读写都等着；磁盘要再容得下一份。
        """
        await self._database.scrub()

    async def expire(self, before: float) -> int:
        """忘记 `before`（Unix 秒）之前的轮，返回忘记了几轮；那时的账不留是谁。"""
        total = 0
        while gone := await self._database.write(lambda c: _drop_turns(c, before)):
            total += gone
        day = beijing_day(before)
        await self._database.write(lambda c: _tidy(c, day))
        if total:
            await self._database.empty_log()
        return total


def _drop_turns(connection: Connection, before: float) -> int:
    """删去一批过期的轮，含着它们的摘要作废。"""
    old = (
        select(turns.c.id, turns.c.conversation_id)
        .where(turns.c.created_at < before)
        .limit(_BATCH)
    )
    gone = {row.id: row.conversation_id for row in connection.execute(old)}
    connection.execute(delete(turns).where(turns.c.id.in_(list(gone))))
    c = conversations.c
    for turn_id, identity in gone.items():
        which = (c.id == identity, c.summarized > turn_id)
        queries.drop_summaries(connection, which)
    return len(gone)


def _tidy(connection: Connection, day: str) -> None:
    """轮都过期了的会话从头开始；那时的账不留是谁。"""
    c = conversations.c
    used = (c.window_start > 0) | (c.summary != "")
    emptied = (used, ~exists().where(turns.c.conversation_id == c.id))
    fresh = {"window_start": 0, "summary": "", "summarized": 0}
    connection.execute(update(conversations).where(*emptied).values(fresh))
    billed = (requests.c.day < day, requests.c.user_id != "")
    nobody = {"user_id": "", "user_name": ""}
    connection.execute(update(requests).where(*billed).values(nobody))
