"""读回：一个事务，要么全部读进，要么什么也没有变。

已经有轮或备忘的会话原样不动，整个跳过；别的会话连同它的选择都接过来。设置、人设、
群的选择、屏蔽的人、放开的额度，以这里的为准。账本只补上这里没有的。
所以同一份读两次、或隔几天再读一份新的，都不会重复。
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from ...domain import ConversationKey, Scope
from .. import queries
from ..database import Database
from ..tables import conversations, messages, notes, requests, turns
from .dialects import insert_missing, last_id, settle_ids
from .lines import bad, entries

_CHILDREN = (turns, messages, notes)
_POINTERS = ("window_start", "summarized")
"""会话里指着某一轮的列。"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """读进了多少。"""

    conversations: int
    turns: int
    skipped: int
    """已经在这里、原样不动的会话"""
    rows: int
    """文件里一切表的行"""


async def load(database: Database, lines: Iterable[str]) -> Loaded:
    """读进写出的各行，在数据库的线程里取。

    异常:
        ArchiveError: 文件不对，什么也没有变
        StoreError: 写不进，什么也没有变
    """

    def work(connection: Connection) -> Loaded:
        loading = _Loading(connection)
        for number, table, row in entries(lines):
            try:
                loading.take(number, table, row)
            except IntegrityError:
                bad(number, "与前面的重复")
        settle_ids(connection, turns)
        loading.draw_in()
        loading.drop_known_requests()
        return loading.done()

    return await database.write(work)


class _Loading:
    """读到一半的样子；编号都往后挪，次序不变。"""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turns_before = last_id(connection, turns)
        self._requests_before = last_id(connection, requests)
        self._homes: dict[int, int | None] = {}
        """文件里的会话在这里的编号，跳过的是 `None`"""
        self._turn: tuple[int, int | None] = (0, None)
        """刚读过的一轮在文件里的编号，与它的会话在这里的编号"""
        self._taken: Counter[Table] = Counter()
        self._rows = 0

    def take(self, number: int, table: Table, row: dict[str, Any]) -> None:
        """读进一行。"""
        self._rows += 1
        if table is conversations:
            return self._take_conversation(row)
        if table in _CHILDREN:
            return self._take_child(number, table, row)
        values = _without_id(row) if table is requests else row
        self._connection.execute(insert_missing(self._connection, table), values)

    def done(self) -> Loaded:
        """读进了多少。"""
        return Loaded(
            sum(home is not None for home in self._homes.values()),
            self._taken[turns],
            sum(home is None for home in self._homes.values()),
            self._rows,
        )

    def drop_known_requests(self) -> None:
        """账本里没有能认出同一笔的编号：这里已有几笔一样的，读进的就少几笔。"""
        c = requests.c
        same = [column for column in requests.columns if column is not c.id]
        old = case((c.id <= self._requests_before, 1), else_=0)
        ranked = select(
            c.id,
            func.row_number().over(partition_by=same, order_by=c.id.desc()).label("n"),
            func.sum(old).over(partition_by=same).label("known"),
        ).subquery()
        surplus = select(ranked.c.id).where(
            ranked.c.id > self._requests_before, ranked.c.n <= ranked.c.known
        )
        self._connection.execute(delete(requests).where(c.id.in_(surplus)))

    def _take_conversation(self, row: dict[str, Any]) -> None:
        named = {name: row[name] for name in ConversationKey.__dataclass_fields__}
        key = ConversationKey(**{**named, "scope": Scope(row["scope"])})
        home = queries.ensure_conversation(self._connection, key)
        if self._is_used(home):
            self._homes[row["id"]] = None
            return
        self._homes[row["id"]] = home
        values = _without_id(row)
        for pointer in _POINTERS:
            if values.get(pointer):
                values[pointer] += self._turns_before
        queries.set_conversation(self._connection, home, **values)

    def draw_in(self) -> None:
        """指着还没有的轮的收回来：轮都过期了的会话，以后的轮不会落在窗口之外。"""
        newest = last_id(self._connection, turns) + 1
        c = conversations.c
        for pointer in _POINTERS:
            ahead = c[pointer] > newest
            drawn = update(conversations).where(ahead).values({pointer: newest})
            self._connection.execute(drawn)

    def _take_child(self, number: int, table: Table, row: dict[str, Any]) -> None:
        home = self._home(number, table, row)
        values = _without_id(row)
        if table is turns:
            self._turn = (row["id"], home)
            values["id"] = row["id"] + self._turns_before
        if home is None:
            return
        if "conversation_id" in values:
            values["conversation_id"] = home
        if values.get("turn_id"):
            values["turn_id"] += self._turns_before
            if table is notes:
                self._check_turn(number, home, values["turn_id"])
        self._connection.execute(insert(table), values)
        self._taken[table] += 1

    def _home(self, number: int, table: Table, row: dict[str, Any]) -> int | None:
        if table is messages:
            known, home = self._turn
            return home if row["turn_id"] == known else bad(number, "前面没有它的轮")
        if row["conversation_id"] in self._homes:
            return self._homes[row["conversation_id"]]
        return bad(number, "前面没有它的会话")

    def _check_turn(self, number: int, home: int, turn_id: int) -> None:
        """备忘不能指着别的会话的轮：再写出时它在那一轮的前面，就读不回了。"""
        mine = (turns.c.id == turn_id, turns.c.conversation_id == home)
        if self._connection.execute(select(turns.c.id).where(*mine)).first() is None:
            bad(number, "前面没有它的轮")

    def _is_used(self, identity: int) -> bool:
        used = [
            exists().where(table.c.conversation_id == identity)
            for table in (turns, notes)
        ]
        return any(self._connection.execute(select(*used)).one())


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}
