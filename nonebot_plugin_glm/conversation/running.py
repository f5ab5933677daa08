"""今天各群与所有人一共用了多少：记着看到了账上哪一行，再看时只读新的。

每次都把一天的账从头加一遍，账越多一个提问就越慢：两万行要多花一倍的 CPU 时间。
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from ..domain import Place
from .accounts import CHAT, PLUGIN, Sums
from .columns import total
from .tables import requests

_c = requests.c

ASKED = total(case((_c.purpose.in_((CHAT, PLUGIN)), 1), else_=0)).label("asked")
TOKENS = total(_c.prompt_tokens + _c.completion_tokens).label("tokens")
COST = total(_c.cost).label("cost")

_NEWEST = select(func.max(_c.id))
_FIRST = select(func.min(_c.id)).where(_c.day == bindparam("day"))
_PLACE = (_c.day, _c.platform, _c.bot_id, _c.group_id)
_FRESH = (
    select(*_PLACE, ASKED, TOKENS, COST)
    .where(_c.id > bindparam("seen"), _c.id <= bindparam("newest"))
    .group_by(*_PLACE)
)


class RunningSums:
    """一天的累计，在数据库的线程里用；换一天、换了数据库就从头来。"""

    def __init__(self) -> None:
        self._day = ""
        self._seen = 0
        self._places: defaultdict[Place, Sums] = defaultdict(Sums)
        self.total = Sums()

    def at(self, place: Place) -> Sums:
        """一个群的。"""
        return self._places.get(place, Sums())

    def catch_up(self, connection: Connection, day: str) -> None:
        """读上次之后记下的，别的进程记的也算。"""
        newest = connection.execute(_NEWEST).scalar_one() or 0
        if day != self._day or newest < self._seen:
            self._start(connection, day, newest)
        if newest <= self._seen:
            return
        which = {"seen": self._seen, "newest": newest}
        for row in connection.execute(_FRESH, which).all():
            if row.day == day:
                self._add((row.platform, row.bot_id, row.group_id), row)
        self._seen = newest

    def _start(self, connection: Connection, day: str, newest: int) -> None:
        first = connection.execute(_FIRST, {"day": day}).scalar_one()
        self._day = day
        self._seen = newest if first is None else first - 1
        self._places.clear()
        self.total = Sums()

    def _add(self, place: Place, row: Any) -> None:
        added = sums_of(row)
        self._places[place] += added
        self.total += added


def sums_of(row: Any) -> Sums:
    """由 `ASKED`、`TOKENS`、`COST` 三列得到合计。"""
    return Sums(row.asked or 0, row.tokens or 0, row.cost or 0)
