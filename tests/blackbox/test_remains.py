"""查泄露的查得出来：不然「没有密钥」说明不了什么。"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.real_bot import fragments, leaks

from .conftest import API_KEY

HIDDEN = fragments([API_KEY])


def store(file: Path, text: str) -> None:
    """存进一个库。"""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (?)", (text,))
        connection.commit()


@pytest.mark.parametrize("position", [0, 4070, 100_000])
def test_piece_in_the_database(tmp_path: Path, position: int) -> None:
    """库里哪一行有密钥的一段都看得到，哪怕分在两页上。"""
    store(tmp_path / "glm.db", "说" * position + API_KEY[3:9])
    assert leaks(tmp_path, HIDDEN) == ["glm.db 里有密钥的片段"]


def test_piece_in_any_file(tmp_path: Path) -> None:
    """旁边的文件也看；没有的就没有。"""
    store(tmp_path / "glm.db", "你好")
    assert leaks(tmp_path, HIDDEN) == []
    (tmp_path / "里面").mkdir()
    (tmp_path / "里面" / "glm.db-wal").write_bytes(b"\xff" + API_KEY[-6:].encode())
    assert leaks(tmp_path, HIDDEN) == ["glm.db-wal 里有密钥的片段"]
