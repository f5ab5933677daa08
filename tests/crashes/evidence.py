"""杀掉之后的证据：数据库文件里的轮，GLM 收到的历史。"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Place = str
"""群号，或私聊的人的号码。"""
Pair = tuple[str, str]
"""一问一答。"""

_TURNS = """
SELECT c.group_id || c.user_id, t.question, t.answer
FROM glm_turn AS t JOIN glm_conversation AS c ON c.id = t.conversation_id
ORDER BY t.id
"""
_EVER = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'glm_turn'"
_BILLED = "SELECT count(*) FROM glm_request WHERE purpose = 'chat'"


@dataclass(frozen=True)
class Snapshot:
    """杀掉的那一刻数据库里有什么。"""

    turns: dict[Place, list[Pair]]
    ever: int
    """至今存过几轮，被重置抹去的也算"""
    problems: list[str]


def look(directory: Path) -> Snapshot:
    """看一份拷贝：打开原件会替机器人收拾 WAL。"""
    with tempfile.TemporaryDirectory() as folder:
        for file in directory.rglob("glm.db*"):
            shutil.copy(file, folder)
        copy = Path(folder) / "glm.db"
        if not copy.exists():
            return Snapshot({}, 0, [])
        with closing(sqlite3.connect(copy)) as database:
            return _look(database)


def _look(database: sqlite3.Connection) -> Snapshot:
    def ask(statement: str) -> list[tuple[Any, ...]]:
        return database.execute(statement).fetchall()

    problems = [row[0] for row in ask("PRAGMA integrity_check") if row[0] != "ok"]
    if not ask("SELECT 1 FROM sqlite_master WHERE name = 'glm_turn'"):
        return Snapshot({}, 0, problems)  # 还没有建好表就杀掉了
    problems += [f"外键 {row}" for row in ask("PRAGMA foreign_key_check")]
    turns: dict[Place, list[Pair]] = defaultdict(list)
    for place, question, answer in ask(_TURNS):
        turns[place].append((question, answer))
    [[ever]], [[billed]] = ask(_EVER), ask(_BILLED)
    if ever != billed:
        problems.append(f"存过 {ever} 轮，账上却有 {billed} 笔")
    return Snapshot(dict(turns), ever, problems)


def pairs_in(
    messages: list[dict[str, Any]], words_of: Callable[[str], str]
) -> tuple[list[Pair], list[str]]:
    """一个请求带着的一问一答，与次序上的毛病。"""
    spoken = [m for m in messages if m["role"] != "system"]
    expected = ["user", "assistant"] * (len(spoken) // 2) + ["user"]
    problems = []
    if [m["role"] for m in spoken] != expected:
        problems.append(f"次序是 {[m['role'] for m in spoken]}")
    contents = [m["content"] for m in spoken]
    questions = map(words_of, contents[:-1:2])
    return list(zip(questions, contents[1::2], strict=False)), problems
