"""看一眼数据库：写不写得进、多大、磁盘还剩多少；不改它，也不迁移。"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from .damage import FILES
from .tables import VERSION_TABLE

_BUSY_SECONDS = 3
"""别的进程正写着时最多等多久。"""


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """数据库的现状；单位字节。"""

    trouble: str = ""
    """写不进的缘由，写得进是空串"""
    size: int = 0
    """几个文件合起来的大小，还没有文件是 0"""
    free: int = 0
    """磁盘还剩多少"""
    version: str = ""
    """结构是第几版，还没有文件是空串"""


def look_at(path: Path) -> DatabaseState:
    """看 `path` 的数据库；要读写磁盘，在线程里调用。"""
    try:
        free = shutil.disk_usage(path.parent).free
        with tempfile.TemporaryFile(dir=path.parent) as probe:
            probe.write(b"\x00" * 4096)
        if not path.exists():
            return DatabaseState(free=free)
        version = _version_if_writable(path)
        # 最近写的还在旁边的 -wal 里；移开的坏文件也在旁边，不算
        files = (path.with_name(path.name + ending) for ending in FILES)
        size = sum(file.stat().st_size for file in files if file.exists())
        return DatabaseState("", size, free, version)
    except sqlite3.Error as exc:
        return DatabaseState(str(exc))
    except OSError as exc:
        return DatabaseState(exc.strerror or type(exc).__name__)


def _version_if_writable(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=_BUSY_SECONDS)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE glm_checkup (x)")
        connection.execute("ROLLBACK")
        tables = "SELECT count(*) FROM sqlite_master WHERE name = ?"
        if not next(connection.execute(tables, (VERSION_TABLE,)))[0]:
            return ""
        query = f"SELECT version_num FROM {VERSION_TABLE}"
        return str(next(connection.execute(query), ("",))[0])
