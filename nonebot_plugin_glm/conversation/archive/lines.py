"""一行与一张表的一行互相转换；读进来的每个值都看过才算数。"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn, TextIO

from sqlalchemy import Boolean, Column, Float, Integer, String, Table

from ...domain import Scope, Thinking, well_formed
from ...exception import ArchiveError
from ..tables import SCHEMA_VERSION, conversations, metadata

FORMAT = "nonebot_plugin_glm"
VERSION = int(SCHEMA_VERSION)
"""一行就是表的一行，所以表变了就是新的一版；旧版里没有的列用默认值。"""
MOST_CHARS = 8 * 1024 * 1024
"""一行最多多少字：再长的回答也用不到。"""
_MOST_INTEGER = 2**53
"""整数最大到这里，编号再往后挪也装得下。"""
_LAST_MOMENT = 253_000_000_000
"""浮点的都是时刻（Unix 秒），最晚到这里，约公元 9987 年：再晚的写不成日期。"""

_TABLES = {table.name: table for table in metadata.sorted_tables}
_CHOICES = {
    conversations.c.scope: {scope.value for scope in Scope},
    conversations.c.thinking: {thinking.value for thinking in Thinking},
}
Entry = tuple[int, Table, dict[str, Any]]
"""第几行、哪张表、各列的值。"""


def first_line() -> str:
    """第一行。"""
    return _line({"format": FORMAT, "version": VERSION})


def row_line(table: Table, row: Mapping[Any, Any]) -> str:
    """一张表的一行。"""
    return _line({"table": table.name, "row": dict(row)})


def last_line(rows: int) -> str:
    """最后一行：没有它就是没有写完。"""
    return _line({"end": rows})


def lines_of(file: TextIO) -> Iterator[str]:
    """文件的各行；再长的一行也只读到刚好看得出太长。"""
    while line := file.readline(MOST_CHARS + 1):
        yield line


def entries(lines: Iterable[str]) -> Iterator[Entry]:
    """读出各行，读到最后一行为止。

    异常:
        ArchiveError: 不是导出的文件、比本插件新、坏了、不完整
    """
    numbered = _numbered(lines)
    _check_first(_parsed(*next(numbered, (1, ""))))
    rows = 0
    for number, line in numbered:
        parsed = _parsed(number, line)
        if "end" in parsed:
            break
        yield number, *_entry(number, parsed)
        rows += 1
    else:
        raise ArchiveError("文件不完整，没有最后一行")
    end = parsed["end"]
    if type(end) is not int or not 0 <= end <= _MOST_INTEGER:
        raise ArchiveError("最后一行的行数不对")
    if end != rows:
        raise ArchiveError(f"文件不完整，应有 {end} 行，只有 {rows} 行")


def bad(number: int, reason: str) -> NoReturn:
    """第 `number` 行不对；不说它的内容。"""
    raise ArchiveError(f"第 {number} 行：{reason}")


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    try:
        for number, line in enumerate(lines, 1):
            if len(line) > MOST_CHARS:
                bad(number, "太长")
            if line.strip():
                yield number, line
    except UnicodeDecodeError as exc:
        raise ArchiveError("文件不是 UTF-8 的文本") from exc


def _parsed(number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        bad(number, "不是 JSON")
    if not isinstance(value, dict):
        bad(number, "不是一个 JSON 对象")
    return value


def _check_first(value: dict[str, Any]) -> None:
    version = value.get("version")
    if value.get("format") != FORMAT or type(version) is not int:
        raise ArchiveError("不是本插件导出的文件")
    if version > VERSION:
        raise ArchiveError(
            f"文件是第 {version} 版，比本插件能读的第 {VERSION} 版新，请升级插件"
        )


def _entry(number: int, parsed: dict[str, Any]) -> tuple[Table, dict[str, Any]]:
    name, row = parsed.get("table"), parsed.get("row")
    if not isinstance(name, str) or name not in _TABLES:
        bad(number, "没有这张表")
    table = _TABLES[name]
    if not isinstance(row, dict) or row.keys() - table.c.keys():
        bad(number, "有不认识的列")
    for column in table.columns:
        if column.name not in row and _required(column):
            bad(number, f"缺少 {column.name}")
        if column.name in row and not _fits(column, row[column.name]):
            bad(number, f"{column.name} 的值不对")
    return table, row


def _required(column: Column[Any]) -> bool:
    return not column.nullable and column.default is None


def _fits(column: Column[Any], value: Any) -> bool:
    if value is None:
        return bool(column.nullable)
    kind = column.type
    if isinstance(kind, String):
        return (
            isinstance(value, str)
            and len(value) <= (kind.length or MOST_CHARS)
            and well_formed(value) == value
            and value in _CHOICES.get(column, (value,))
        )
    if isinstance(kind, Boolean):
        return isinstance(value, bool)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(kind, Float):
        return 0 <= value <= _LAST_MOMENT
    assert isinstance(kind, Integer)
    return isinstance(value, int) and 0 <= value <= _MOST_INTEGER
