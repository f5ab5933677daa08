"""读回时两种数据库写法不同的几句：编号用到哪里了，已经有的不插。"""

from __future__ import annotations

from sqlalchemy import Connection, Insert, Table, text
from sqlalchemy.dialects import postgresql, sqlite


def insert_missing(connection: Connection, table: Table) -> Insert:
    """插一行，主键已经有了就什么也不做。"""
    if _is_sqlite(connection):
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def last_id(connection: Connection, table: Table) -> int:
    """用过的最大的编号。"""
    if _is_sqlite(connection):
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.execute(query, {"name": table.name}).scalar() or 0
    query = text(f"SELECT last_value, is_called FROM {table.name}_id_seq")
    value, called = connection.execute(query).one()
    return value if called else 0


def settle_ids(connection: Connection, table: Table) -> None:
    """自己给过编号的，以后的接着往后数；SQLite 自己会数。"""
    if _is_sqlite(connection):
        return
    query = text(
        f"SELECT setval('{table.name}_id_seq', max(id)) FROM {table.name}"
        f" HAVING max(id) > (SELECT last_value FROM {table.name}_id_seq)"
    )
    connection.execute(query).close()


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
