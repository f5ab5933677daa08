"""弄坏数据库文件。"""

from __future__ import annotations

import sqlite3
from pathlib import Path


def spoil_table(path: Path, table: str) -> None:
    """只坏一张表；别的连接记着的页也作废，真的去读文件。"""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = next(connection.execute("PRAGMA page_size"))[0]
    root = f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'"
    page = next(connection.execute(root))[0]
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    connection.execute("PRAGMA user_version = 1")
    connection.close()
