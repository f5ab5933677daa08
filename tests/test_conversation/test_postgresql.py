"""PostgreSQL：几个进程共用一个，会话的先后不乱，旧的结构照样迁移。"""

from __future__ import annotations

import asyncio
import re
import sys
import traceback
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from nonebot_plugin_glm.conversation import migrating
from nonebot_plugin_glm.conversation.archive import dump, load
from nonebot_plugin_glm.conversation.claims import Claims
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.postgresql import PostgreSQL
from nonebot_plugin_glm.conversation.server import look_at_server
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.tables import SCHEMA_VERSION, VERSION_TABLE
from nonebot_plugin_glm.exception import StoreError
from tests.outside import engine_of
from tests.postgresql import PASSWORD, PostgreSQLServer

from .builders import group, private, turn, window


def order(url: str, *statements: str, version: str = "") -> None:
    """迁移到某一版，再做几句。"""
    engine = engine_of(url)
    with engine.begin() as connection:
        if version:
            config = Config()
            scripts = Path(migrating.__file__).parent / "migrations"
            config.set_main_option("script_location", str(scripts))
            config.attributes["connection"] = connection
            config.attributes["version_table"] = VERSION_TABLE
            command.upgrade(config, version)
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


async def until_claiming(database: Database) -> None:
    """等到它去占过一次。"""
    backend = database._backend
    assert isinstance(backend, PostgreSQL)
    while backend._session is None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def lines(database: Database) -> list[str]:
    """存档的各行。"""
    found: list[str] = []
    await dump(database, found.append)
    return found


@pytest.mark.parametrize("version", ["0001", "0002"])
async def test_old_schemas_are_upgraded(
    server_of_databases: PostgreSQLServer, version: str
) -> None:
    """旧的结构打开就迁移好，轮都在；两个进程一起打开也行。"""
    url = server_of_databases.create()
    order(
        url,
        "INSERT INTO glm_conversation (platform, bot_id, scope, group_id, user_id,"
        " window_start) VALUES ('qq', '10000', 'private', '', '1', 0)",
        "INSERT INTO glm_turn (conversation_id, question, answer, speaker_id,"
        " speaker_name, model, prompt_tokens, cached_tokens, completion_tokens,"
        " reasoning_tokens, created_at)"
        " VALUES (1, '旧问', '旧答', '1', '甲', 'm', 1, 0, 1, 0, 0.0)",
        version=version,
    )
    stores = await asyncio.gather(*(ConversationStore.open(url) for _ in range(2)))
    await stores[0].append(private(), turn("新问"))
    assert await window(stores[1], private()) == ["旧问", "新问"]
    for store in stores:
        await store.aclose()


async def test_newer_schema_is_left_alone(postgresql: str) -> None:
    """结构比插件新就不打开，说清该升级，什么也没有改。"""
    order(postgresql, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreError, match="请升级插件"):
        await Database.open(postgresql)
    assert (await asyncio.to_thread(look_at_server, postgresql)).schema == "9999"


async def test_one_conversation_is_claimed_once(postgresql: str) -> None:
    """一个进程占着的会话，另一个等着，别的会话不等；让出来就轮到它。"""
    ours, theirs = [await Database.open(postgresql) for _ in range(2)]
    got = asyncio.Event()

    async def wait() -> None:
        async with Claims(theirs).hold(group()):
            got.set()

    async with Claims(ours).hold(group()):
        waiting = asyncio.create_task(wait())
        async with Claims(theirs).hold(private()):
            pass
        assert not got.is_set()
    await waiting
    await ours.aclose()
    await theirs.aclose()


async def test_a_cancelled_wait_leaves_no_claim(postgresql: str) -> None:
    """等着时被取消，或占着的进程没了，别人都占得到。"""
    ours, theirs, third = [await Database.open(postgresql) for _ in range(3)]

    async def hold(database: Database) -> None:
        async with Claims(database).hold(group()):
            await asyncio.Event().wait()

    holding = asyncio.create_task(hold(ours))
    await until_claiming(ours)
    waiting = asyncio.create_task(hold(theirs))
    await until_claiming(theirs)
    waiting.cancel()
    await ours.aclose()
    async with Claims(third).hold(group()):
        pass
    holding.cancel()
    await asyncio.gather(holding, waiting, return_exceptions=True)
    for database in (theirs, third):
        await database.aclose()


async def test_many_write_at_once(postgresql: str) -> None:
    """两个进程同时往同一个新会话里存，一轮不少。"""
    stores = [await ConversationStore.open(postgresql) for _ in range(2)]
    await asyncio.gather(
        *(stores[n % 2].append(group(), turn(str(n))) for n in range(40))
    )
    assert await stores[0].count(group()) == 40
    for store in stores:
        await store.aclose()


async def test_archive_there_and_back(postgresql: str, tmp_path: Path) -> None:
    """从 SQLite 搬到 PostgreSQL 再搬回来，存档一个字节也不差，接着聊也行。"""
    old = await Database.open(tmp_path / "old.db")
    for name, text in (("甲", "一"), ("b", "二"), ("B", "三")):
        await ConversationStore(old).append(private(name), turn(text))
    written = await lines(old)
    there = await Database.open(postgresql)
    await load(there, iter(written))
    assert await lines(there) == written
    back = await Database.open(tmp_path / "back.db")
    await load(back, iter(await lines(there)))
    assert await lines(back) == written
    await ConversationStore(there).append(private("b"), turn("四"))
    assert await window(ConversationStore(there), private("b")) == ["二", "四"]
    for database in (old, there, back):
        await database.aclose()


async def test_server_restarts(
    postgresql: str, server_of_databases: PostgreSQLServer
) -> None:
    """服务器不在时说得出缘由而没有密码；回来了，下一次就好。"""
    store = await ConversationStore.open(postgresql)
    async with store.claims.hold(private()):
        await store.append(private(), turn("前"))
    server_of_databases.stop()
    with pytest.raises(StoreError) as caught:
        await store.count(private())
    with pytest.raises(StoreError):
        await Database.open(postgresql)
    server_of_databases.start()
    assert PASSWORD not in str(caught.value)
    await store.append(private(), turn("后"))
    async with store.claims.hold(private()):
        assert await window(store, private()) == ["前", "后"]
    await store.aclose()


BAD_ADDRESSES = {
    "password": ("Wrong5Pass@", "password authentication failed"),
    "at": ("Wrong@5Pass@", "写成 %40"),
    "slash": ("Wrong@/5Pass@", "写成 %40"),
    "colon": ("Wrong@:5Pass@", "不是一个地址"),
    "port": ("Wrong5Pass@:x", "不是一个地址"),
    "option": ("Wrong5Pass@127.0.0.1/db?nosuch=1&x=", "nosuch"),
}


@pytest.mark.parametrize(("rest", "told"), BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
async def test_bad_addresses_keep_the_password(
    postgresql: str, rest: str, told: str
) -> None:
    """密码不对、地址写错，都说得出缘由，只一行，哪里也不带出密码。"""
    url = postgresql.replace(f"{PASSWORD}@", rest)
    with pytest.raises(StoreError) as caught:
        await Database.open(url)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    shown = "".join(traceback.format_exception(caught.value))
    assert not re.search("Wrong|5Pass", shown)


async def test_driver_is_missing(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有装驱动，或装了而用不了：说怎样装。"""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"pip install .*\[postgresql\]"):
        await Database.open(postgresql)


async def test_looking_at_the_server(postgresql: str) -> None:
    """自检说得出服务器与结构的版本。"""
    server = await asyncio.to_thread(look_at_server, postgresql)
    assert server.version[0].isdigit()
    assert (server.schema, server.trouble) == (SCHEMA_VERSION, "")


async def test_account_without_the_rights(
    server_of_databases: PostgreSQLServer,
) -> None:
    """不能建表的、表是别人的、只读的，自检说得出；打不开时也说得出缘由。"""
    url = server_of_databases.create()
    order(
        url,
        "DROP ROLE IF EXISTS guest",
        f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'",
    )
    guest = url.replace("//glm:", "//guest:")
    assert "不能建表" in (await asyncio.to_thread(look_at_server, guest)).trouble
    with pytest.raises(StoreError, match=r"^permission denied for schema public$"):
        await Database.open(guest)
    await (await Database.open(url)).aclose()
    order(url, f"GRANT SELECT ON {VERSION_TABLE} TO guest")
    assert "写不进表" in (await asyncio.to_thread(look_at_server, guest)).trouble
    order(url, "ALTER ROLE guest SET default_transaction_read_only = on")
    assert "只读" in (await asyncio.to_thread(look_at_server, guest)).trouble
