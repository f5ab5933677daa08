"""读机器人进程的日志，挑出不该有的东西。"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

PLUGIN = "nonebot_plugin_glm"
FRAGMENT = 6
"""密钥的连续几个字符算泄露，与 `redact.MIN_FRAGMENT` 相同。"""
QUOTED = 8
"""人说的话至少多长才去日志里找，更短的会碰巧相同。"""

_HEADER = re.compile(r"\d\d-\d\d \d\d:\d\d:\d\d \[(\w+)\] (\S+) \| ")
_PYTHON_WARNING = re.compile(r"^\S+:\d+: \w*Warning: .*", re.MULTILINE)
_FRAMEWORK = ("Error while parsing command for event", "OneBot V11 | Failed to parse")
"""畸形的事件使 NoneBot 自己写下的异常。"""
_QUIET = frozenset({"TRACE", "DEBUG"})


@dataclass(frozen=True)
class LogRecord:
    """一条日志，连同它后面没有抬头的行。"""

    level: str
    source: str
    text: str

    @property
    def loud(self) -> bool:
        """是否 INFO 或以上。"""
        return self.level not in _QUIET

    @property
    def ours(self) -> bool:
        """是否本插件写的。"""
        return self.source == PLUGIN


def read_log(log: str) -> list[LogRecord]:
    """把输出分成一条一条；抬头之前的行算作 `RAW`。"""
    parts: list[tuple[str, str, list[str]]] = [("RAW", "", [])]
    for line in log.splitlines(keepends=True):
        if header := _HEADER.match(line):
            parts.append((header[1], header[2], [line[header.end() :]]))
        else:
            parts[-1][2].append(line)
    return [LogRecord(level, source, "".join(lines)) for level, source, lines in parts]


def fragments(secrets: Iterable[str]) -> set[str]:
    """密钥与令牌的所有 `FRAGMENT` 字的片段。"""
    return {piece for secret in secrets for piece in _pieces(secret)}


def complaints(
    log: str, secrets: Collection[str], said: Collection[str] = ()
) -> list[str]:
    """日志里不该有的：Python 的异常与警告、密钥的片段、人说的话。"""
    return [
        *(f"Python 警告：{warning}" for warning in _PYTHON_WARNING.findall(log)),
        *_in_records(read_log(log), fragments(secrets), said),
    ]


def _in_records(
    records: Iterable[LogRecord], hidden: set[str], said: Collection[str]
) -> Iterator[str]:
    private = [words for words in said if len(words) >= QUOTED]
    for record in records:
        crashed = record.loud and "Traceback (most recent call last)" in record.text
        if crashed and not record.text.startswith(_FRAMEWORK):
            yield f"异常：{record.text[:200]}……{record.text[-1000:]}"
        # NoneBot 自己在 DEBUG 里写出全部设置，那不归插件管
        if (record.loud or record.ours) and hidden & _pieces(record.text):
            yield f"密钥的片段：{record.text[:500]}"
        if record.ours and record.loud:
            yield from (f"说的话：{record.text}" for w in private if w in record.text)


def _pieces(text: str) -> set[str]:
    return {text[i : i + FRAGMENT] for i in range(len(text) - FRAGMENT + 1)}
