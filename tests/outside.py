"""从外面看、改数据库，绕过插件；两种数据库都行。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_FILL = (
    "CREATE TRIGGER full BEFORE INSERT ON glm_turn"
    " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
)


def engine_of(where: Path | str) -> sa.Engine:
    """自己的连接。"""
    address = sa.URL.create("sqlite", database=str(where))
    if isinstance(where, str):
        address = sa.make_url(where).set(drivername="postgresql+psycopg")
    return sa.create_engine(address)


def carry_out(where: Path | str, *statements: str) -> list[tuple[Any, ...]]:
    """依次做几句，返回最后一句得到的各行。"""
    engine = engine_of(where)
    rows: list[tuple[Any, ...]] = []
    with engine.begin() as connection:
        for statement in statements:
            done = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in done] if done.returns_rows else []
    engine.dispose()
    return rows


@contextmanager
def full(where: Path | str) -> Iterator[None]:
    """其间磁盘满了似的，一轮也存不进。"""
    if isinstance(where, Path):
        fill, empty = _FILL, "DROP TRIGGER full"
    else:
        fill = 'ALTER TABLE glm_turn ADD CONSTRAINT "full" CHECK (false) NOT VALID'
        empty = 'ALTER TABLE glm_turn DROP CONSTRAINT "full"'
    carry_out(where, fill)
    yield
    carry_out(where, empty)
