"""迁移：旧版的数据库打开之后，轮都在，新的表也在。"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from nonebot_plugin_glm.conversation import database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.tables import VERSION_TABLE

from .builders import private, turn, window


def build(path: Path, version: str) -> None:
    """建一个某一版的数据库。"""
    config = Config()
    scripts = Path(database.__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts))
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["version_table"] = VERSION_TABLE
        command.upgrade(config, version)
    engine.dispose()


def schema(path: Path) -> dict[str, str]:
    """各张表与索引的定义；迁移要给旧的行填上默认值，新建的不必，所以不看它。"""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql > ''")
        return {
            name: re.sub(r"\s+|DEFAULT '\w*'", "", definition)
            for name, definition in found
        }


async def test_fresh_file_equals_a_migrated_one(tmp_path: Path) -> None:
    """新建的与从第一版一步步迁移来的一样，列的次序也一样。"""
    fresh, migrated = tmp_path / "fresh.db", tmp_path / "migrated.db"
    build(migrated, "0001")
    for path in (fresh, migrated):
        await (await ConversationStore.open(path)).aclose()
    assert schema(fresh) == schema(migrated)


async def test_first_version_opens(path: Path) -> None:
    """第一版的轮没有所指的话，也没有消息编号，但都在窗口里，接着聊也行；默认模型还在。"""
    build(path, "0001")
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "INSERT INTO glm_conversation VALUES"
            " (1, 'qq', '10000', 'private', '', '1', NULL, NULL, 0)"
        )
        old.execute(
            "INSERT INTO glm_turn VALUES"
            " (1, 1, '旧问', '旧答', '1', '甲', 'm', 1, 0, 1, 0, 0.0)"
        )
        old.execute("INSERT INTO glm_setting VALUES ('model', 'glm-5')")
        old.commit()
    store = await ConversationStore.open(path)
    await store.append(private(), turn("新问"), message_ids=["7"])
    assert await window(store, private()) == ["旧问", "新问"]
    last = await store.last(private())
    assert last is not None
    assert last.turn.referred == ""
    conversation = await store.read(private(), 9)
    assert (conversation.summary, conversation.notes) == ("", ())
    assert conversation.persona is None
    assert await store.messages.find(private(), "7") is not None
    assert await store.settings.all() == {"config.glm_model": "glm-5"}
    await store.aclose()
