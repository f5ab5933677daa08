"""造一个用了很久的数据库：照我们的表成批写入，一轮一笔账、两个消息编号。"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, insert, update

from nonebot_plugin_glm.conversation.beijing import beijing_day
from nonebot_plugin_glm.conversation.tables import (
    conversations,
    create_tables,
    messages,
    requests,
    turns,
)

from .states import FIRST, State

BATCH, DAY = 10_000, 86_400.0
MODEL, BOT = "glm-4.7-flash", "10000"
QUESTION = "这件事该怎么做，要注意些什么？"
SUMMARY = "之前聊过不少小事。" * 20
USED = {"cached_tokens": 0, "completion_tokens": 200, "reasoning_tokens": 0}
GROUPS_TODAY = 20


def fill(home: Path, state: State) -> int:
    """在机器人的数据目录里造好，返回多少字节。"""
    path = home / "data" / "nonebot_plugin_glm" / "glm.db"
    path.parent.mkdir(parents=True)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        create_tables(connection)
        if state.conversations:
            _converse(connection, state)
        _spend_today(connection, state.today)
        connection.commit()
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.stat().st_size


def _converse(connection: Connection, state: State) -> None:
    """会话轮流各说一轮，说够了轮数或字节为止；窗口里只留最近的。"""
    people = range(state.conversations)
    connection.execute(insert(conversations), [_conversation(n) for n in people])
    told = 0
    while told < state.turns or _size(connection) < state.size:
        for start in range(0, len(people), BATCH):
            _tell(connection, state, told, people[start : start + BATCH])
        told += 1
    if told > state.window:
        # 第 t 轮（从 0 数起）的编号是 t × 会话数 + 会话的编号
        first = (told - state.window) * len(people) + conversations.c.id
        moved = {"window_start": first, "summarized": first, "summary": SUMMARY}
        connection.execute(update(conversations).values(**moved))


def _tell(connection: Connection, state: State, told: int, people: range) -> None:
    """这些会话各说第 `told` 轮。"""
    ids = [told * state.conversations + person + 1 for person in people]
    used = {**USED, "prompt_tokens": min(told + 1, state.window) * state.chars}
    when = time.time() - DAY * (1 + told % 365)
    connection.execute(
        insert(turns),
        [
            {
                "conversation_id": person + 1,
                "question": QUESTION,
                "answer": "答" * state.chars,
                "speaker_id": str(FIRST + person),
                "speaker_name": f"昵称{FIRST + person}",
                "model": MODEL,
                "created_at": when,
                "referred": "",
                **used,
            }
            for person in people
        ],
    )
    connection.execute(
        insert(messages),
        [
            {"turn_id": id_, "message_id": str(10**9 + 2 * id_ + own), "own": own}
            for id_ in ids
            for own in (False, True)
        ],
    )
    rows = [_expense(beijing_day(when), person, "", used) for person in people]
    connection.execute(insert(requests), rows)
    connection.commit()


def _spend_today(connection: Connection, count: int) -> None:
    """今天已经记了这么多笔。"""
    today, used = beijing_day(time.time()), {**USED, "prompt_tokens": 1000}
    rows = [
        _expense(today, n % 2000, str(FIRST + n % GROUPS_TODAY), used)
        for n in range(count)
    ]
    if rows:
        connection.execute(insert(requests), rows)


def _conversation(person: int) -> dict[str, Any]:
    return {
        "platform": "qq",
        "bot_id": BOT,
        "scope": "private",
        "group_id": "",
        "user_id": str(FIRST + person),
    }


def _expense(day: str, person: int, group: str, used: dict[str, int]) -> dict[str, Any]:
    return {
        "day": day,
        "purpose": "chat",
        "model": MODEL,
        "platform": "qq",
        "bot_id": BOT,
        "group_id": group,
        "user_id": str(FIRST + person),
        "user_name": f"昵称{FIRST + person}",
        "cost": 0,
        **used,
    }


def _size(connection: Connection) -> int:
    """数据库多少字节了。"""
    pages, page = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_count", "page_size")
    )
    return pages * page
