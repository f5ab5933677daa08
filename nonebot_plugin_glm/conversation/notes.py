"""备忘的存取：与轮分开存，重置不影响。"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from ..domain import ConversationKey
from . import queries
from .database import Database
from .noting import Note, Refusal, refusal
from .reading import notes_of
from .tables import conversations, notes


@dataclass(frozen=True, slots=True)
class StoredNote:
    """存下的一条备忘。"""

    id: int
    note: Note


class NoteStore:
    """各会话的备忘；失败时抛 StoreError。"""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._clock = clock

    async def of(self, key: ConversationKey) -> list[StoredNote]:
        """会话的备忘，从旧到新。"""
        query = select(notes).join(conversations).where(*queries.key_is(key))

        def work(connection: Connection) -> list[StoredNote]:
            rows = connection.execute(query.order_by(notes.c.id))
            return [StoredNote(row.id, Note(row.text, row.author_id)) for row in rows]

        return await self._database.read(work)

    async def add(
        self, key: ConversationKey, note: Note, most_of_one: int
    ) -> int | Refusal:
        """记一条，返回它是第几条；记不下就返回缘由。"""

        def work(connection: Connection) -> int | Refusal:
            identity = queries.ensure_conversation(connection, key)
            kept = notes_of(connection, identity)
            if why := refusal(note, kept, most_of_one):
                return why
            self.write(connection, identity, [note])
            return len(kept) + 1

        return await self._database.write(work, (key,))

    async def remove(self, key: ConversationKey, note_id: int) -> bool:
        """忘记会话的一条，返回是否还在。"""
        mine = (notes.c.id == note_id, _of(key))
        return bool(await self._database.write(lambda c: _delete(c, *mine), (key,)))

    async def clear(self, key: ConversationKey) -> int:
        """忘记会话的所有备忘，返回忘了几条。"""
        return await self._database.write(lambda c: _delete(c, _of(key)), (key,))

    def write(
        self,
        connection: Connection,
        conversation_id: int,
        noted: Iterable[Note],
        turn_id: int | None = None,
    ) -> None:
        """在一个写事务里记下；`turn_id` 是模型在哪一轮里记的。"""
        rows = [
            {
                "conversation_id": conversation_id,
                "turn_id": turn_id,
                "text": note.text,
                "author_id": note.author_id,
                "created_at": self._clock(),
            }
            for note in noted
        ]
        if rows:
            connection.execute(insert(notes), rows)

    def hand_over(self, connection: Connection, old: int, new: int) -> None:
        """重答取代了一轮：那时记下的归新的一轮。"""
        of_old = notes.c.turn_id == old
        connection.execute(update(notes).where(of_old).values(turn_id=new))


def _of(key: ConversationKey) -> ColumnElement[bool]:
    chosen = select(conversations.c.id).where(*queries.key_is(key))
    return notes.c.conversation_id.in_(chosen)


def _delete(connection: Connection, *which: ColumnElement[bool]) -> int:
    return connection.execute(delete(notes).where(*which)).rowcount
