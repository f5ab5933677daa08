"""archive：接过来的会话还是那个样子，已经在这里的不动，读两次也不重复。"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert

from nonebot_plugin_glm.conversation.archive import dump, load
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.summary import Fold
from nonebot_plugin_glm.conversation.tables import requests, turns

from .archives import archive, contents, one_turn
from .builders import EVERYTHING, fill, group, private, turn, window


async def test_windows_and_messages_move_along(
    database: Database, elsewhere: Database
) -> None:
    """编号变了，窗口从同一轮开始，消息还是那一轮的，接着聊也行。"""
    here, there = ConversationStore(database), ConversationStore(elsewhere)
    await fill(there, private("9"), 4)
    ids = await fill(here, private("1"), 5)
    await here.move_window(private("1"), ids[3])
    asked = await here.append(private("1"), turn("问5"), message_ids=["m5"])
    here.messages.note(asked, ["a5"])
    await here.messages.flush()
    loaded = await load(elsewhere, await archive(database))
    assert (loaded.conversations, loaded.turns, loaded.skipped) == (1, 6, 0)
    assert await window(there, private("1")) == ["问3", "问4", "问5"]
    assert await there.count(private("1")) == 6
    found = await there.messages.find(private("1"), "m5")
    assert found is not None
    assert (found.stored.turn.question, found.answers) == ("问5", ("a5",))
    await there.append(private("1"), turn("问6"))
    assert await window(there, private("1")) == ["问3", "问4", "问5", "问6"]
    assert await window(there, private("9")) == ["问0", "问1", "问2", "问3"]


async def test_summaries_move_along(database: Database, elsewhere: Database) -> None:
    """摘要到哪一轮为止也随编号挪动：忘记其中一轮，摘要就作废。"""
    here, there = ConversationStore(database), ConversationStore(elsewhere)
    await fill(there, private("9"), 7)
    ids = await fill(here, private("1"), 6)
    await here.summaries.fold(private("1"), Fold(0, ids[4]), ids[:4], "说过问2")
    await load(elsewhere, await archive(database))
    moved = await there.read(private("1"), EVERYTHING)
    assert moved.summary == "说过问2"
    assert moved.summarized == moved.turns[0].id == moved.window_start
    newest = await there.newest(private("1"), 9)
    await there.remove(private("1"), newest[2].id)
    assert (await there.read(private("1"), EVERYTHING)).summary == ""


async def test_emptied_conversation_goes_on(
    database: Database, elsewhere: Database
) -> None:
    """轮都没有了的会话接过来，以后的轮不会落在窗口之外。"""
    here, there = ConversationStore(database), ConversationStore(elsewhere)
    ids = await fill(here, private("1"), 5)
    await here.move_window(private("1"), ids[-1])
    await database.write(lambda c: c.execute(delete(turns)).close())
    await load(elsewhere, await archive(database))
    await there.append(private("1"), turn("新的"))
    assert await window(there, private("1")) == ["新的"]


async def test_conversations_here_stay_as_they_are(
    database: Database, elsewhere: Database
) -> None:
    """已经有轮的会话整个跳过；只选过模型的接过来。"""
    here, there = ConversationStore(database), ConversationStore(elsewhere)
    for key in (private("1"), private("2"), group("9")):
        await fill(here, key, 2)
        await here.choose_model(key, "glm-4.7")
    await there.append(private("1"), turn("这里的"))
    await there.choose_model(private("2"), "glm-4.6")
    loaded = await load(elsewhere, await archive(database))
    assert (loaded.conversations, loaded.turns, loaded.skipped) == (2, 4, 1)
    assert await window(there, private("1")) == ["这里的"]
    assert (await there.read(private("1"), 1)).model is None
    assert (await there.read(private("2"), EVERYTHING)).model == "glm-4.7"
    assert await window(there, group("9")) == ["问0", "问1"]


async def test_choices_here_win(database: Database, elsewhere: Database) -> None:
    """设置以这里的为准，这里没有的补上。"""
    here, there = ConversationStore(database), ConversationStore(elsewhere)
    await here.settings.put("config.glm_model", "glm-4.7")
    await there.settings.put("config.glm_model", "glm-4.6")
    lines = await archive(database)
    await load(elsewhere, lines)
    assert await there.settings.all() == {"config.glm_model": "glm-4.6"}
    await there.settings.put("config.glm_model", None)
    await load(elsewhere, lines)
    assert await there.settings.all() == {"config.glm_model": "glm-4.7"}


REQUEST = {
    "day": "2026-11-01",
    "purpose": "chat",
    "model": "glm-4.7",
    "platform": "qq",
    "bot_id": "10000",
    "group_id": "",
    "user_id": "1",
    "user_name": "甲",
    "prompt_tokens": 100,
    "cached_tokens": 0,
    "completion_tokens": 10,
    "reasoning_tokens": 0,
    "cost": 7,
}


async def test_nothing_is_billed_twice(database: Database, elsewhere: Database) -> None:
    """同样的两笔是两笔；隔天再导入一份新的，只补上新的。"""

    async def bill(where: Database, **changes: Any) -> None:
        row = {**REQUEST, **changes}
        await where.write(lambda c: c.execute(insert(requests).values(**row)))

    async def costs() -> list[int]:
        return [row["cost"] for row in (await contents(elsewhere))["glm_request"]]

    for cost in (7, 7, 8):
        await bill(database, cost=cost)
    await bill(elsewhere, cost=9)
    await load(elsewhere, await archive(database))
    assert sorted(await costs()) == [7, 7, 8, 9]
    await bill(database, cost=7)
    await load(elsewhere, await archive(database))
    assert sorted(await costs()) == [7, 7, 7, 8, 9]


async def test_old_archives_lack_new_columns(database: Database) -> None:
    """旧版没有的列用默认值。"""
    key = ["qq", "10000", "private", "", "1"]
    names = ["platform", "bot_id", "scope", "group_id", "user_id"]
    row = {"id": 5, **dict(zip(names, key, strict=True))}
    lines = [
        json.dumps({"format": "nonebot_plugin_glm", "version": 1}),
        json.dumps({"table": "glm_conversation", "row": row}),
        json.dumps({"end": 1}),
    ]
    assert (await load(database, lines)).conversations == 1
    conversation = await ConversationStore(database).read(private("1"), 1)
    assert (conversation.summary, conversation.persona) == ("", None)


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
async def test_dump_sees_one_moment(database: Database, tmp_path: Path) -> None:
    """写出的是同一刻的：写到一半别的进程存下的不在里面，下一份里才有。"""
    lines = await one_turn(database)
    seen: list[str] = []

    def write(line: str) -> None:
        seen.append(line)
        if len(seen) == 2:
            with closing(sqlite3.connect(tmp_path / "glm.db")) as other:
                other.execute("INSERT INTO glm_setting VALUES ('a', 'b')")
                other.commit()

    await dump(database, write)
    assert seen == lines
    assert len(await archive(database)) == len(lines) + 1
