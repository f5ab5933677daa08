"""数据库：每个连接都守规矩，新的文件就地建成，结构与表一致。"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from nonebot_plugin_glm import conversation
from nonebot_plugin_glm.conversation import tables
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.sqlite import BUSY_SECONDS
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.exception import StoreError

ROOT = Path(__file__).parents[2]
CHECK_IMPORT = """
import asyncio, pathlib, sys
import nonebot
nonebot.init(_env_file=None, driver="~none", localstore_use_cwd=True)
nonebot.load_plugin("nonebot_plugin_glm")
from nonebot_plugin_glm.conversation.store import ConversationStore
async def main():
    store = await ConversationStore.open(pathlib.Path(sys.argv[1]))
    await store.settings.all()
    await store.aclose()
asyncio.run(main())
print("alembic imported:", "alembic" in sys.modules)
"""


def pragma(connection: sa.Connection, name: str) -> object:
    """一个 PRAGMA 的值。"""
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


async def test_every_connection_is_configured(path: Path) -> None:
    """读的、写的连接都是 WAL、FULL，并检查外键。"""
    database = await Database.open(path)
    expected = ["wal", 2, 1, BUSY_SECONDS * 1000]
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    for run in (database.read, database.write):
        assert await run(lambda c: [pragma(c, name) for name in names]) == expected
    await database.aclose()


async def test_foreign_keys_are_enforced(path: Path) -> None:
    """没有会话的轮存不进，会话没了轮也没了。"""
    database = await Database.open(path)
    orphan = (
        "INSERT INTO glm_turn SELECT 1, 7, 'q', 'a', 's', 'n', 'm', 0, 0, 0, 0, 0.0, ''"
    )
    with pytest.raises(StoreError, match="IntegrityError"):
        await database.write(lambda c: c.exec_driver_sql(orphan).close())

    def work(connection: sa.Connection) -> None:
        connection.exec_driver_sql(
            "INSERT INTO glm_conversation VALUES (7, 'p', 'b', 's', '', '', '', '', 0,"
            " NULL, '', 0)"
        )
        connection.exec_driver_sql(orphan)
        connection.exec_driver_sql("DELETE FROM glm_conversation")

    await database.write(work)
    count = "SELECT count(*) FROM glm_turn"
    assert await database.read(lambda c: c.exec_driver_sql(count).scalar_one()) == 0
    await database.aclose()


async def write_setting(
    database: Database, name: str, error: Exception | None = None
) -> None:
    """写一行，然后可能出个异常。"""

    def work(connection: sa.Connection) -> None:
        connection.execute(sa.insert(tables.settings).values(name=name, value="x"))
        if error:
            raise error

    await database.write(work)


async def test_failed_write_leaves_nothing(path: Path) -> None:
    """写到一半出了异常就什么也没写，之后照常能写。"""
    database = await Database.open(path)
    with pytest.raises(RuntimeError):
        await write_setting(database, "a", RuntimeError())
    await write_setting(database, "c")
    query = sa.select(tables.settings.c.name)
    names = await database.read(lambda c: list(c.execute(query).scalars()))
    assert names == ["c"]
    await database.aclose()


def script_head() -> str | None:
    """迁移脚本里最新的一版。"""
    config = Config()
    folder = Path(conversation.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    return ScriptDirectory.from_config(config).get_current_head()


async def test_fresh_file_is_the_newest_version(path: Path) -> None:
    """新的文件就是最新的一版，结构与表的定义没有差别。"""
    await (await Database.open(path)).aclose()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        options = {"version_table": tables.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert context.get_current_revision() == tables.SCHEMA_VERSION
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_schema_version_is_the_head() -> None:
    """`SCHEMA_VERSION` 就是迁移脚本里最新的一版。"""
    assert script_head() == tables.SCHEMA_VERSION


def test_fresh_and_current_files_do_not_import_alembic(tmp_path: Path) -> None:
    """新建与再次打开都不必请 Alembic。"""
    answers = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", CHECK_IMPORT, str(tmp_path / "glm.db")],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        answers.append(done.stdout.strip().splitlines()[-1])
    assert answers == ["alembic imported: False"] * 2


async def test_opening_a_fresh_file_together(path: Path) -> None:
    """几个人同时打开还不存在的文件，都打得开。"""
    stores = await asyncio.gather(*(ConversationStore.open(path) for _ in range(5)))
    for store in stores:
        assert await store.settings.all() == {}
        await store.aclose()


@pytest.mark.parametrize("name", ["有 空格", "100%", "a?b=c", "x#y", "q'\"q"])
async def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    """目录名里有什么字符都行，而且真的存在那里。"""
    path = tmp_path / name / "glm.db"
    store = await ConversationStore.open(path)
    await store.settings.put("model", "glm-5")
    await store.aclose()
    assert path.is_file()
