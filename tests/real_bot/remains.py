"""机器人留下的文件：库里的每个字、文件的每个字节。"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path


def leaks(data: Path, hidden: Collection[str]) -> list[str]:
    """数据目录的哪些文件里有不该有的。"""
    files = (file for file in sorted(data.rglob("*")) if file.is_file())
    return [
        f"{file.name} 里有密钥的片段"
        for file in files
        if any(piece in text for text in _texts(file) for piece in hidden)
    ]


def _texts(file: Path) -> Iterator[str]:
    """一个文件的字节；是数据库，再加上它的每一行：长的字在文件里是分开放的。"""
    content = file.read_bytes()
    yield content.decode("latin-1")
    if content.startswith(b"SQLite format 3\x00") and file.suffix == ".db":
        with closing(sqlite3.connect(file)) as connection:
            yield "\n".join(connection.iterdump())
