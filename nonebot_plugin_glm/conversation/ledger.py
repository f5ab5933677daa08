"""账本：每个报了用量的请求一行，与历史分开存，忘记会话不会抹去账。

一行随它那一轮在同一个事务里写下，不必多落一次盘。
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from ..domain import ConversationKey, Speaker, Usage, place_of
from .accounts import NOBODY, Account, By, Expense, Kind, Sums, Tally
from .beijing import beijing_day
from .columns import total
from .database import Database
from .rows import usage_columns
from .running import ASKED, COST, TOKENS, RunningSums, sums_of
from .tables import lifts, requests

_c = requests.c

_OF: dict[Kind, tuple[ColumnElement[bool], ...]] = {
    Kind.USER: (
        _c.platform == bindparam("platform"),
        _c.user_id == bindparam("identity"),
    ),
    Kind.GROUP: (
        _c.platform == bindparam("platform"),
        _c.bot_id == bindparam("bot_id"),
        _c.group_id == bindparam("identity"),
    ),
    Kind.TOTAL: (),
}
_USAGE = tuple(_c[name] for name in Usage.__dataclass_fields__)
_SUMS_OF_USER = select(ASKED, TOKENS, COST).where(
    _c.day == bindparam("day"), *_OF[Kind.USER]
)
_BY: dict[By, tuple[ColumnElement[str], ...]] = {
    By.DAY: (_c.day,),
    By.MODEL: (_c.model,),
    By.USER: (_c.user_id, _c.platform),
    By.GROUP: (_c.group_id, _c.platform),
}
_LIFTED = select(lifts).where(lifts.c.day == bindparam("day"))
_NEW = insert(requests)


class LedgerStore:
    """账本与放开的额度；失败时抛 StoreError。"""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._clock = clock
        self._running = RunningSums()

    @property
    def today(self) -> str:
        """北京时间的今天。"""
        return beijing_day(self._clock())

    def write(
        self,
        connection: Connection,
        key: ConversationKey,
        speaker: Speaker,
        expenses: Iterable[Expense],
    ) -> None:
        """在一个写事务里记下几笔。"""
        platform, bot_id, group_id = place_of(key)
        whose = {
            "day": self.today,
            "platform": platform,
            "bot_id": bot_id,
            "group_id": group_id,
            "user_id": speaker.id,
            "user_name": speaker.name,
        }
        rows = [
            {
                **whose,
                "purpose": expense.purpose,
                "model": expense.model,
                "cost": expense.cost,
                **usage_columns(expense.usage),
            }
            for expense in expenses
        ]
        if rows:
            connection.execute(_NEW, rows)

    async def record(
        self,
        key: ConversationKey,
        expenses: Sequence[Expense],
        speaker: Speaker = NOBODY,
    ) -> None:
        """记下不随哪一轮的几笔。"""
        await self._database.write(lambda c: self.write(c, key, speaker, expenses), ())

    async def sums(self, accounts: Sequence[Account]) -> list[Sums]:
        """各个账户今天的合计，一次往返。"""
        day = self.today

        def work(connection: Connection) -> list[Sums]:
            found = connection.execute(_LIFTED, {"day": day})
            lifted = {Account(Kind(r.kind), *r[2:]) for r in found}
            if any(account.kind is not Kind.USER for account in accounts):
                self._running.catch_up(connection, day)
            return [
                replace(self._sums(connection, day, a), lifted=a in lifted)
                for a in accounts
            ]

        return await self._database.read(work)

    def _sums(self, connection: Connection, day: str, account: Account) -> Sums:
        if account.kind is Kind.TOTAL:
            return self._running.total
        if account.kind is Kind.GROUP:
            place = account.platform, account.bot_id, account.identity
            return self._running.at(place)
        # 一个人一天没有几笔，索引直接找得到；他的名字随时会从账上抹去
        which = {"day": day, **_parameters(account)}
        return sums_of(connection.execute(_SUMS_OF_USER, which).one())

    async def tallies(self, account: Account, since: str, by: By) -> list[Tally]:
        """一个账户从某一天起的合计，分项。"""
        columns, which = _BY[by], (_c.day >= since, *_OF[account.kind])
        totals = select(
            columns[0].label("identity"),
            ASKED,
            *(total(column).label(column.name) for column in _USAGE),
            COST,
            func.max(_c.id).label("newest"),
        )
        totals = totals.where(*which).group_by(*columns).subquery()
        newest = _c.id == totals.c.newest
        query: Executable = select(totals, _c.platform, _c.user_name).join(
            requests, newest
        )

        def work(connection: Connection) -> list[Tally]:
            rows = connection.execute(query, _parameters(account))
            return [_tally(row, _name(row, by)) for row in rows]

        return await self._database.read(work)

    async def lift(self, account: Account) -> None:
        """今天放开一个账户的额度；过去的日子放开过什么不必再记。"""
        day = self.today
        row = {
            "day": day,
            "kind": account.kind.value,
            "platform": account.platform,
            "bot_id": account.bot_id,
            "identity": account.identity,
        }
        same = [lifts.c[column] == value for column, value in row.items()]

        def work(connection: Connection) -> None:
            connection.execute(delete(lifts).where(lifts.c.day < day))
            connection.execute(delete(lifts).where(*same))
            connection.execute(insert(lifts).values(**row))

        await self._database.write(work)


def _parameters(account: Account) -> dict[str, str]:
    return {
        "platform": account.platform,
        "bot_id": account.bot_id,
        "identity": account.identity,
    }


def _name(row: Any, by: By) -> str:
    named = by is By.USER or (by is By.GROUP and not row.platform)
    return row.user_name if named else ""


def _tally(row: Any, name: str) -> Tally:
    usage = Usage(*(getattr(row, column.name) for column in _USAGE))
    return Tally(row.identity, name, row.asked, usage, row.cost)
