"""写出：一次读完的快照，边读边写，内存里只有一行。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from ..database import Database
from ..tables import conversations, messages, metadata, notes, turns
from .lines import first_line, last_line, row_line

_OTHERS = [
    table
    for table in metadata.sorted_tables
    if table not in (conversations, turns, messages, notes)
]
"""不属于哪个会话的表。"""
_Place = tuple[int, int]
_Found = tuple[_Place, Table, Row[Any]]


@dataclass(frozen=True, slots=True)
class Dumped:
    """写出了多少。"""

    conversations: int
    turns: int
    rows: int
    """一切表的行"""


async def dump(database: Database, write: Callable[[str], object]) -> Dumped:
    """写出一切存着的；机器人可以同时在用。

    参数:
        database: 数据库
        write: 收下一行（带着换行），在数据库的线程里调用

    异常:
        StoreError: 读不出，或 `write` 写不进
    """

    def work(connection: Connection) -> Dumped:
        count: Counter[Table] = Counter()
        write(first_line())
        for table, row in _rows(connection):
            write(row_line(table, row._mapping))
            count[table] += 1
        write(last_line(count.total()))
        return Dumped(count[conversations], count[turns], count.total())

    return await database.snapshot(work)


def _rows(connection: Connection) -> Iterator[tuple[Table, Row[Any]]]:
    for conversation in connection.execute(_all(conversations)):
        yield conversations, conversation
        yield from _of_conversation(connection, conversation.id)
    for table in _OTHERS:
        for row in connection.execute(_all(table)):
            yield table, row


def _of_conversation(
    connection: Connection, identity: int
) -> Iterator[tuple[Table, Row[Any]]]:
    """一个会话的轮，每一轮之后是它的消息，最后是备忘。"""
    mine = turns.c.conversation_id == identity
    asked = select(turns).where(mine).order_by(turns.c.id)
    known = select(messages).join(turns).where(mine)
    known = known.order_by(messages.c.turn_id, messages.c.id)
    found = merge(
        (((row.id, 0), turns, row) for row in connection.execute(asked)),
        (((row.turn_id, 1), messages, row) for row in connection.execute(known)),
        key=_place,
    )
    for _, table, row in found:
        yield table, row
    noted = _all(notes).where(notes.c.conversation_id == identity)
    for row in connection.execute(noted):
        yield notes, row


def _place(found: _Found) -> _Place:
    return found[0]


def _all(table: Table) -> Select[Any]:
    return select(table).order_by(*table.primary_key.columns)
