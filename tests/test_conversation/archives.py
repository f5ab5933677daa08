"""测试共用的：写出一份，看每张表有什么。"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from nonebot_plugin_glm.conversation.archive import dump
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.tables import metadata

from .builders import private, turn

Rows = dict[str, list[dict[str, Any]]]
IDENTITIES = {"conversation_id", "turn_id", "id", "window_start", "summarized"}
"""读回之后会变的列。"""


async def archive(database: Database) -> list[str]:
    """写出的各行。"""
    lines: list[str] = []
    await dump(database, lines.append)
    return lines


async def contents(database: Database) -> Rows:
    """每张表的各行，不看编号。"""

    def work(connection: Connection) -> Rows:
        return {
            table.name: sorted(
                (
                    {k: v for k, v in row._mapping.items() if k not in IDENTITIES}
                    for row in connection.execute(select(table))
                ),
                key=repr,
            )
            for table in metadata.sorted_tables
        }

    return await database.read(work)


async def one_turn(database: Database) -> list[str]:
    """只有一轮的一份。"""
    await ConversationStore(database).append(
        private("1"), turn("机密"), message_ids=["7"]
    )
    return await archive(database)
