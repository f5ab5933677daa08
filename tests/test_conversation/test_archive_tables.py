"""archive：不论表里有什么，写出再读回一行不少。"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Connection, Float, String, Table, insert

from nonebot_plugin_glm.conversation.archive import load
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.tables import (
    conversations,
    messages,
    metadata,
    notes,
    requests,
    turns,
)
from nonebot_plugin_glm.domain import well_formed

from .archives import IDENTITIES, Rows, archive, contents

WORDS = st.text(max_size=20).map(well_formed)
Said = tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]
"""一轮、它的消息、一条备忘。"""


def value_of(column: Column[Any]) -> st.SearchStrategy[Any]:
    """一列能有的值。"""
    if column.name == "scope":
        return st.sampled_from(["private", "group", "member"])
    if column.name == "thinking":
        return st.sampled_from([None, "on", "off", "auto"])
    if isinstance(column.type, String):
        values: st.SearchStrategy[Any] = WORDS
        if column.type.length:
            values = values.map(lambda text: text[: column.type.length])  # pyright: ignore[reportAttributeAccessIssue]
    elif isinstance(column.type, Boolean):
        values = st.booleans()
    elif isinstance(column.type, Float):
        values = st.floats(0, 2e9)
    else:
        values = st.integers(0, 10**12)
    return st.none() | values if column.nullable else values


def row_of(table: Table) -> st.SearchStrategy[dict[str, Any]]:
    """一张表的一行，不带编号。"""
    return st.fixed_dictionaries(
        {c.name: value_of(c) for c in table.columns if c.name not in IDENTITIES}
    )


def rows_of(table: Table) -> st.SearchStrategy[list[dict[str, Any]]]:
    """一张表的几行；除了账本，没有两行的名字相同。"""
    if table is requests:
        return st.lists(row_of(table), max_size=3)
    key = [c.name for c in table.primary_key.columns]
    if table is conversations:
        key = ["platform", "bot_id", "scope", "group_id", "user_id"]
    return st.lists(
        row_of(table), max_size=3, unique_by=lambda row: tuple(row[k] for k in key)
    )


def conversation_of() -> st.SearchStrategy[list[Said]]:
    """一个会话的轮与备忘。"""
    heard = st.lists(row_of(messages), max_size=2)
    return st.lists(st.tuples(row_of(turns), heard, row_of(notes)), max_size=3)


OTHERS = [t for t in metadata.sorted_tables if t not in (turns, messages, notes)]
EVERY_TABLE = st.fixed_dictionaries({table.name: rows_of(table) for table in OTHERS})


def fill_tables(connection: Connection, rows: Rows, inner: list[list[Said]]) -> None:
    """把造出的各行存进去，每个会话都有轮或备忘。"""
    for table in OTHERS:
        for number, row in enumerate(rows[table.name]):
            done = connection.execute(insert(table).values(**row))
            if table is not conversations:
                continue
            identity = done.inserted_primary_key
            assert identity is not None
            mine = {"conversation_id": identity[0]}
            extra = inner[number % len(inner)] if inner else []
            for stored, heard, note in extra:
                asked = connection.execute(insert(turns).values(**stored, **mine))
                assert asked.inserted_primary_key is not None
                for message in heard:
                    which = {"turn_id": asked.inserted_primary_key[0]}
                    connection.execute(insert(messages).values(**message, **which))
                connection.execute(insert(notes).values(**note, **mine))


@given(rows=EVERY_TABLE, inner=st.lists(conversation_of(), max_size=3))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_everything_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, inner: list[Any]
) -> None:
    """每张表的每一行都回来，值一样；再读一次什么也不多。"""
    directory = tmp_path_factory.mktemp("archive")
    here = await Database.open(directory / "here.db")
    there = await Database.open(directory / "there.db")
    await here.write(lambda connection: fill_tables(connection, rows, inner))
    lines = await archive(here)
    expected = await contents(here)
    first = await load(there, lines)
    assert await contents(there) == expected
    again = await load(there, lines)
    assert await contents(there) == expected
    assert again.rows == first.rows == len(lines) - 2
    await here.aclose()
    await there.aclose()
