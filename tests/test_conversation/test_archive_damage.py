"""archive：坏了的文件说得出坏在哪里，什么也不改。"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nonebot_plugin_glm.conversation.archive import lines_of, load
from nonebot_plugin_glm.conversation.archive.lines import MOST_CHARS, VERSION
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.exception import ArchiveError

from .archives import contents, one_turn

# 看的是文件，与数据库是哪一种无关
pytestmark = pytest.mark.parametrize("where", ["sqlite"], indirect=True)


def changed(line: str, **values: Any) -> str:
    """改了几列的一行。"""
    entry = json.loads(line)
    entry["row"].update(values)
    return json.dumps(entry)


def note_line(**values: Any) -> str:
    """一条备忘。"""
    row = {"id": 1, "conversation_id": 1, "text": "记着", "author_id": "1"}
    row |= {"created_at": 0, **values}
    return json.dumps({"table": "glm_note", "row": row})


FIRST = json.dumps({"format": "nonebot_plugin_glm", "version": VERSION + 1})
DAMAGED = {
    "empty": (lambda lines: [], "第 1 行"),
    "foreign": (lambda lines: ['{"a": 1}', *lines[1:]], "不是本插件"),
    "newer": (lambda lines: [FIRST, *lines[1:]], "请升级"),
    "cut": (lambda lines: lines[:-1], "不完整"),
    "line lost": (lambda lines: [*lines[:3], lines[-1]], "应有 3 行，只有 2 行"),
    "half a line": (lambda lines: [*lines[:2], lines[2][:30]], "第 3 行"),
    "deep": (lambda lines: [lines[0], "[" * 100_000], "第 2 行"),
    "long": (lambda lines: [lines[0], "x" * (MOST_CHARS + 1)], "第 2 行：太长"),
    "table": (lambda lines: [lines[0], '{"table": "x", "row": {}}'], "没有这张表"),
    "column": (lambda lines: [*lines[:2], changed(lines[2], x=1)], "不认识的列"),
    "missing": (
        lambda lines: [lines[0], '{"table": "glm_setting", "row": {"name": "a"}}'],
        "缺少 value",
    ),
    "scope": (lambda lines: [lines[0], changed(lines[1], scope="x")], "scope"),
    "number": (
        lambda lines: [*lines[:2], changed(lines[2], created_at="x")],
        "created_at",
    ),
    "huge": (lambda lines: [*lines[:2], changed(lines[2], id=2**60)], "id"),
    "null": (lambda lines: [*lines[:2], changed(lines[2], question=None)], "question"),
    "surrogate": (
        lambda lines: [*lines[:2], changed(lines[2], question="\ud800")],
        "question",
    ),
    "name": (
        lambda lines: [*lines[:2], changed(lines[2], speaker_id="x" * 129)],
        "speaker_id",
    ),
    "no count": (lambda lines: [*lines[:-1], '{"end": "机密\\ud800"}'], "行数不对"),
    "endless": (lambda lines: [*lines[:-1], f'{{"end": {"9" * 999}}}'], "行数不对"),
    "never": (
        lambda lines: [*lines[:2], changed(lines[2], created_at=10**400)],
        "created_at",
    ),
    "too late": (
        lambda lines: [*lines[:2], changed(lines[2], created_at=1e18)],
        "created_at",
    ),
    "twice": (lambda lines: [*lines[:3], *lines[2:]], "第 4 行：与前面的重复"),
    "note": (
        lambda lines: [*lines[:4], note_line(turn_id=99), lines[-1]],
        "第 5 行：前面没有它的轮",
    ),
    "orphan": (lambda lines: [lines[0], lines[2]], "前面没有它的会话"),
    "message": (lambda lines: [*lines[:2], lines[3]], "前面没有它的轮"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "told"), DAMAGED.values(), ids=DAMAGED)
async def test_damaged_files_change_nothing(
    database: Database, elsewhere: Database, damage: Any, told: str
) -> None:
    """坏了的文件说得出坏在哪里，不带内容，什么也没有导入。"""
    lines = await one_turn(database)
    before = await contents(elsewhere)
    with pytest.raises(ArchiveError, match=told) as failure:
        await load(elsewhere, damage(lines))
    assert "机密" not in str(failure.value)
    assert await contents(elsewhere) == before


async def test_nested_values(database: Database, elsewhere: Database) -> None:
    """列里套着很深的东西：值不对，什么也没有变。"""
    lines = await one_turn(database)
    nested: list[object] = []
    for _ in range(400):
        nested = [nested]
    for row in ({"question": nested}, {"id": nested}, {"scope": {"a": nested}}):
        place = 1 if "scope" in row else 2
        bad = [*lines[:place], changed(lines[place], **row), *lines[place + 1 :]]
        with pytest.raises(ArchiveError, match="的值不对"):
            await load(elsewhere, bad)
    assert not any((await contents(elsewhere)).values())


async def test_files(database: Database, elsewhere: Database, tmp_path: Path) -> None:
    """经过文件也一样，Windows 的记事本存过的也读得了；不是文本的说一声。"""
    lines = await one_turn(database)
    path = tmp_path / "glm.jsonl"
    with path.open("w", encoding="utf-8-sig", newline="\r\n") as file:
        file.writelines(lines)
    with path.open(encoding="utf-8") as file:
        assert (await load(elsewhere, lines_of(file))).turns == 1
    path.write_bytes("".join(lines[:2]).encode() + b"\xff\n")
    with path.open(encoding="utf-8") as file, pytest.raises(ArchiveError, match="UTF"):
        await load(elsewhere, lines_of(file))
