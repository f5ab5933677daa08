"""打不开、读不出的数据库：说得清缘由，不带出数据，不弄坏文件。"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Speaker, Turn, Usage
from nonebot_plugin_glm.exception import StoreError
from tests.spoiling import spoil_table

from .builders import fill, private, turn

SECRET = "只有我知道的话"


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    """直接读文件。"""
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def execute(path: Path, *statements: str) -> None:
    """直接改文件。"""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


async def filled(path: Path) -> None:
    """文件里有一轮。"""
    store = await ConversationStore.open(path)
    await store.append(private(), turn(SECRET, SECRET))
    await store.aclose()


@pytest.mark.parametrize("version", ["0000", "9999", "乱写的"])
async def test_newer_schema_is_refused(path: Path, version: str) -> None:
    """结构比插件新就不打开，文件里的一切都没有变。"""
    await filled(path)
    execute(path, f"UPDATE glm_schema_version SET version_num = '{version}'")
    with pytest.raises(StoreError, match="请升级插件"):
        await ConversationStore.open(path)
    assert rows(path, "SELECT question FROM glm_turn") == [(SECRET,)]
    assert rows(path, "SELECT * FROM glm_schema_version") == [(version,)]


async def test_foreign_tables_are_left_alone(path: Path) -> None:
    """已有同名的表却没有版本，就不打开，也不动它。"""
    execute(path, "CREATE TABLE glm_turn (x)", "INSERT INTO glm_turn VALUES (1)")
    with pytest.raises(StoreError):
        await ConversationStore.open(path)
    assert rows(path, "SELECT name FROM sqlite_master") == [("glm_turn",)]
    assert rows(path, "SELECT * FROM glm_turn") == [(1,)]


def spoil(path: Path) -> bytes:
    """文件头之后全是坏的，返回现在的内容。"""
    data = path.read_bytes()
    spoilt = data[:4096] + b"\xff" * (len(data) - 4096)
    path.write_bytes(spoilt)
    return spoilt


async def reopen_and_read(path: Path) -> None:
    """打开，读一个会话，关上。"""
    store = await ConversationStore.open(path)
    try:
        await store.read(private(), 10)
    finally:
        await store.aclose()


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, b"SQLite format 3"])
async def test_damaged_file(path: Path, damage: bytes) -> None:
    """不是数据库的文件打不开，也原样留着。"""
    await asyncio.to_thread(path.write_bytes, damage)
    with pytest.raises(StoreError):
        await ConversationStore.open(path)
    assert await asyncio.to_thread(path.read_bytes) == damage


async def test_page_damaged_later(path: Path) -> None:
    """中间坏了的数据库是 StoreError，文本里没有数据，文件原样留着。"""
    await filled(path)
    spoilt = spoil(path)
    with pytest.raises(StoreError) as caught:
        await reopen_and_read(path)
    assert SECRET not in f"{caught.value!r}{caught.value.__cause__}"
    assert await asyncio.to_thread(path.read_bytes) == spoilt


def unwritable(tmp_path: Path) -> Path:
    """一个不能写的目录；超级用户到处能写，只有 /proc 不能。"""
    if os.geteuid() == 0:
        return Path("/proc/self")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    return locked


@pytest.mark.skipif(sys.platform != "linux", reason="权限与 /proc 只在 Linux 上如此")
@pytest.mark.parametrize("name", ["glm.db", "deeper/glm.db"])
async def test_read_only_directory(tmp_path: Path, name: str) -> None:
    """目录不可写时是 StoreError。"""
    with pytest.raises(StoreError):
        await ConversationStore.open(unwritable(tmp_path) / name)


async def test_read_only_database(path: Path) -> None:
    """数据库只能读时，写是 StoreError，存下的轮一轮不少。"""
    store = await ConversationStore.open(path)
    await store.append(private(), turn(SECRET))
    await store._database.read(
        lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON").close()
    )
    with pytest.raises(StoreError, match="readonly") as caught:
        await store.append(private(), turn(SECRET))
    assert SECRET not in str(caught.value)
    assert await store.count(private()) == 1
    await store.aclose()


async def test_directory_in_place_of_the_file(path: Path) -> None:
    """文件的位置上是个目录时是 StoreError。"""
    await asyncio.to_thread(path.mkdir)
    with pytest.raises(StoreError):
        await ConversationStore.open(path)


async def test_file_in_place_of_the_directory(tmp_path: Path) -> None:
    """目录的位置上是个文件时是 StoreError。"""
    (tmp_path / "data").write_text("x")
    with pytest.raises(StoreError):
        await ConversationStore.open(tmp_path / "data" / "glm.db")


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
async def test_lost_table(path: Path, store: ConversationStore) -> None:
    """开着的时候表没了，每个方法都是 StoreError，文本里没有人说的话。"""
    await store.append(private(), turn(SECRET))
    execute(path, "DROP TABLE glm_turn")
    for attempt in (
        store.append(private(), turn(SECRET, SECRET)),
        store.read(private(), 10),
        store.forget(private()),
        store.last(private()),
    ):
        with pytest.raises(StoreError, match="no such table") as caught:
            await attempt
        texts = f"{caught.value!r}{caught.value}{caught.value.__cause__!r}"
        assert SECRET not in texts + str(caught.value.__cause__)


@pytest.mark.parametrize(
    "bad",
    [
        Turn("\ud800" + SECRET, "答", Speaker("1")),
        Turn(SECRET, "答", Speaker("1"), "glm\udfff"),
        Turn(SECRET, "答", Speaker("1"), "glm", Usage(10**30)),
    ],
)
async def test_values_that_cannot_be_stored(
    store: ConversationStore, bad: Turn
) -> None:
    """数据库装不下的值是 StoreError，一点也不留下，之后照常能存。"""
    with pytest.raises(StoreError) as caught:
        await store.append(private(), bad)
    assert SECRET not in str(caught.value)
    assert await store.count(private()) == 0
    assert len(await fill(store, private(), 2)) == 2


async def test_closed_store(store: ConversationStore) -> None:
    """关闭之后再用是 StoreError，再关一次没有害处。"""
    await store.aclose()
    for attempt in (store.append(private(), turn()), store.read(private(), 1)):
        with pytest.raises(StoreError, match="关闭"):
            await attempt
    await store.aclose()


def tables_of(path: Path) -> list[tuple[object, ...]]:
    """文件里有哪些表。"""
    return rows(path, "SELECT name FROM sqlite_master")


async def reopen(path: Path, aside: list[Path]) -> ConversationStore:
    """坏了就换新的。"""
    return ConversationStore(await Database.open(path, aside.append))


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, b"SQLite format 3"])
async def test_damaged_file_is_set_aside(path: Path, damage: bytes) -> None:
    """打不开的文件改名留着，一字不变，新的库照常用。"""
    await asyncio.to_thread(path.write_bytes, damage)
    aside: list[Path] = []
    store = await reopen(path, aside)
    assert len(await fill(store, private(), 2)) == 2
    await store.aclose()
    assert [p.name.partition(".damaged-")[0] for p in aside] == [path.name]
    assert await asyncio.to_thread(aside[0].read_bytes) == damage


async def test_damage_found_while_reading(path: Path) -> None:
    """开着的时候坏了，读到才知道：移开，在新库里重读，之后照常。"""
    aside: list[Path] = []
    store = await reopen(path, aside)
    await store.append(private(), turn(SECRET))
    spoil_table(path, "glm_turn")
    assert (await store.read(private(), 10)).turns == ()
    assert len(await fill(store, private(), 2)) == 2
    await store.aclose()
    assert len(aside) == 1
    assert "glm_turn" in str(await asyncio.to_thread(tables_of, aside[0]))


async def test_damage_found_while_writing(path: Path) -> None:
    """写的时候才知道：照样存下，存进新的；内存里记着的旧的不再作数。"""
    aside: list[Path] = []
    store = await reopen(path, aside)
    await store.append(private(), turn(SECRET))
    await store.read(private(), 10)
    spoil_table(path, "glm_turn")
    await store.append(private(), turn("再来"))
    for _ in range(2):
        kept = (await store.read(private(), 10)).turns
        assert [stored.turn.question for stored in kept] == ["再来"]
    await store.aclose()
    assert len(aside) == 1


async def test_damage_found_by_several_at_once(path: Path) -> None:
    """几个会话同时存时才知道：不是存下就是 StoreError，谁的轮也不进别人的会话。"""
    store = await reopen(path, [])
    keys = [private(str(number)) for number in range(5)]
    for key in keys:
        await store.append(key, turn(SECRET))
        await store.read(key, 10)
    spoil_table(path, "glm_turn")
    saving = [store.append(key, turn(f"{key.user_id} 问的")) for key in reversed(keys)]
    results = await asyncio.gather(*saving, return_exceptions=True)
    for key, result in zip(reversed(keys), results, strict=True):
        kept = (await store.read(key, 10)).turns
        saved = [] if isinstance(result, StoreError) else [f"{key.user_id} 问的"]
        assert [stored.turn.question for stored in kept] == saved
        await store.append(key, turn("之后"))
    await store.aclose()


async def test_damage_found_while_writing_with_old_numbers(path: Path) -> None:
    """照着旧编号写的时候才知道：这一次是 StoreError，下一次也不会认错。"""
    aside: list[Path] = []
    store = await reopen(path, aside)
    old = await store.append(private(), turn(SECRET))
    spoil_table(path, "glm_turn")
    with pytest.raises(StoreError, match="换上新的") as caught:
        await store.append(private(), turn(SECRET), replaces=old)
    assert SECRET not in f"{caught.value!r}{caught.value.__cause__}"
    await store.append(private(), turn("再来"), window_start=old + 1, replaces=old)
    await store.append(private(), turn("还有"))
    kept = (await store.read(private(), 10)).turns
    assert [stored.turn.question for stored in kept] == ["再来", "还有"]
    await store.aclose()
    assert len(aside) == 1


async def test_another_process_has_already_replaced_it(path: Path) -> None:
    """两个进程同时发现坏了：后一个重开就是新的，不把新的也移开。"""
    one: list[Path] = []
    other: list[Path] = []
    stores = [await reopen(path, one), await reopen(path, other)]
    await stores[0].append(private(), turn(SECRET))
    assert await stores[1].count(private()) == 1
    spoil_table(path, "glm_turn")
    for store in stores:
        assert (await store.read(private(), 10)).turns == ()
    await stores[0].append(private(), turn("共有"))
    assert await stores[1].count(private()) == 1
    for store in stores:
        await store.aclose()
    assert (len(one), len(other)) == (1, 0)
