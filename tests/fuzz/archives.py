"""存档：由合法的一份改坏几处，读进空的历史，读进的还要读得出、再写得出。"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

from . import garbage
from .bot import Case, blame


def broken(rng: Random, lines: list[str]) -> list[str]:
    """改坏了的各行。"""
    found = list(lines)
    for _ in range(rng.randrange(1, 4)):
        spot = rng.randrange(len(found))
        dice = rng.random()
        if dice < 0.6:
            found[spot] = json.dumps(_bent(rng, json.loads(found[spot])))
        elif dice < 0.7:
            found.insert(spot, found[rng.randrange(len(found))])
        elif dice < 0.8:
            found[spot] = json.dumps(garbage.value(rng))
        elif dice < 0.9 and len(found) > 1:
            del found[spot]
        else:
            rng.shuffle(found)
    if rng.random() < 0.05:
        found[-1] = found[-1][: rng.randrange(len(found[-1]) + 1)]
    return found


def _bent(rng: Random, data: Any) -> Any:
    """一行里一列的值换了；也许是表名、行数之类。"""
    row = data.get("row") if isinstance(data, dict) else None
    if not isinstance(row, dict) or not row or rng.random() < 0.1:
        return garbage.mutated(rng, data, 0.1)
    row[rng.choice(list(row))] = rng.choice((garbage.value, garbage.number))(rng)
    return data


async def whole() -> list[str]:
    """一份合法的：两个会话，几轮、消息、备忘、人设、账。"""
    from nonebot_plugin_glm.conversation.archive import dump
    from nonebot_plugin_glm.conversation.database import Database

    lines: list[str] = []
    with tempfile.TemporaryDirectory(prefix="glm-fuzz-") as folder:
        path = Path(folder) / "a.db"
        database = await Database.open(path)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.executescript(_CONTENTS)
        await dump(database, lines.append)
        await database.aclose()
    return lines


async def take(case: Case, lines: list[str]) -> None:
    """读进一份：读不进就什么也没有，读进了就样样读得出。"""
    from nonebot_plugin_glm.conversation.archive import dump, load
    from nonebot_plugin_glm.conversation.database import Database
    from nonebot_plugin_glm.exception import ArchiveError

    with tempfile.TemporaryDirectory(prefix="glm-fuzz-") as folder:
        path = Path(folder) / "a.db"
        database = await Database.open(path)
        try:
            await load(database, broken(case.rng, lines))
            await _read_everything(path, database)
            again: list[str] = []
            await dump(database, again.append)
            other = await Database.open(Path(folder) / "b.db")
            await load(other, again)
            await other.aclose()
        except ArchiveError as error:
            str(error).encode()
            if _rows(path):
                blame("读不进的读进了一半")
        finally:
            await database.aclose()


async def _read_everything(path: Path, database: Any) -> None:
    from nonebot_plugin_glm.conversation.exporting import as_json, as_markdown
    from nonebot_plugin_glm.conversation.records import Records
    from nonebot_plugin_glm.conversation.store import ConversationStore
    from nonebot_plugin_glm.domain import ConversationKey, Scope

    names = "platform, bot_id, scope, group_id, user_id"
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(f"SELECT {names} FROM glm_conversation").fetchall()
    for platform, bot_id, scope, group_id, user_id in found:
        key = ConversationKey(platform, bot_id, Scope(scope), group_id, user_id)
        record = await Records(database).read(key, 10)
        as_json(record, 0.0).encode()
        as_markdown(record, 0.0).encode()
        await ConversationStore(database).read(key, 10)
    await Records(database).expire(10.0)


def _rows(path: Path) -> int:
    tables = ("conversation", "turn", "note", "request", "setting", "group", "persona")
    with closing(sqlite3.connect(path)) as connection:
        counts = (f"SELECT count(*) FROM glm_{table}" for table in tables)
        return sum(connection.execute(query).fetchone()[0] for query in counts)


_CONTENTS = """
INSERT INTO glm_conversation
 (id, platform, bot_id, scope, group_id, user_id, window_start, summary, summarized)
 VALUES (1, 'qq', '1', 'private', '', '5', 0, '', 0),
        (2, 'qq', '1', 'group', '7', '', 2, '聊过', 2);
INSERT INTO glm_turn
 (id, conversation_id, question, answer, speaker_id, speaker_name, model,
  prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, created_at,
  referred)
 VALUES (1, 1, '问', '答', '5', '甲', 'glm-4.7', 1, 0, 1, 0, 1e9, ''),
        (2, 2, '问', '答', '5', '甲', 'glm-4.7', 1, 0, 1, 0, 1e9, '⟦引用｜乙｜6⟧ 好'),
        (3, 2, '又问', '答', '6', '乙', 'glm-4.7', 1, 0, 1, 0, 1e9, '');
INSERT INTO glm_message (turn_id, message_id, own) VALUES (2, '9', 0), (2, '10', 1);
INSERT INTO glm_note (conversation_id, turn_id, text, author_id, created_at)
 VALUES (2, 3, '记着', '6', 1e9), (1, NULL, '记着', '5', 1e9);
INSERT INTO glm_persona VALUES ('qq', '1', '7', '', '猫', '喵');
INSERT INTO glm_request VALUES
 (1, '2026-11-30', 'answer', 'glm-4.7', 'qq', '1', '7', '5', '甲', 1, 0, 1, 0, 10);
INSERT INTO glm_group VALUES ('qq', '1', '7', 'scope', 'member');
INSERT INTO glm_blocked VALUES ('qq', '8');
INSERT INTO glm_setting VALUES ('glm_temperature', '0.5');
"""
