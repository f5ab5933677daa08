"""跑完之后数据库是不是好的，以及普通群员动不得的那些。"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from .events import OWNER

_SHARED = (
    "SELECT * FROM glm_setting ORDER BY name",
    "SELECT * FROM glm_group ORDER BY group_id, name",
    "SELECT * FROM glm_blocked ORDER BY user_id",
    "SELECT * FROM glm_persona ORDER BY group_id, name",
    "SELECT * FROM glm_quota_lift ORDER BY identity",
    "SELECT group_id, model, thinking, persona FROM glm_conversation"
    " WHERE scope = 'group' ORDER BY group_id",
    f"SELECT id FROM glm_note WHERE author_id = '{OWNER}' ORDER BY id",
)


def shared() -> list[object]:
    """归群与主人的一切。"""
    from nonebot_plugin_glm.matchers.runtime import DATABASE

    with closing(sqlite3.connect(DATABASE)) as connection:
        return [connection.execute(query).fetchall() for query in _SHARED]


async def troubles() -> list[str]:
    """数据库哪里不好：SQLite 自己看一遍，再导出、导入到新的里。"""
    from nonebot_plugin_glm.conversation.archive import dump, lines_of, load
    from nonebot_plugin_glm.conversation.database import Database
    from nonebot_plugin_glm.exception import GLMError
    from nonebot_plugin_glm.matchers.runtime import DATABASE

    with closing(sqlite3.connect(DATABASE)) as connection:
        checks = ("PRAGMA integrity_check", "PRAGMA foreign_key_check")
        found = [str(row) for c in checks for row in connection.execute(c)]
    found.remove("('ok',)")
    with tempfile.TemporaryDirectory(prefix="glm-fuzz-") as folder:
        here = await Database.open(DATABASE)
        there = await Database.open(Path(folder) / "there.db")
        archive = Path(folder) / "archive.jsonl"
        try:
            with archive.open("w", encoding="utf-8") as file:
                await dump(here, file.write)
            with archive.open(encoding="utf-8") as file:
                await load(there, lines_of(file))
        except (GLMError, UnicodeError) as error:
            found.append(f"导出的导入不了：{error!r}")
        finally:
            await here.aclose()
            await there.aclose()
    return found
