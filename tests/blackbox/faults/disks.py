"""真的磁盘：挂载得了才有，不能挂载就跳过。"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def on(disk: Path) -> dict[str, str]:
    """把数据放在这块盘上的设置。"""
    return {"LOCALSTORE_USE_CWD": "false", "LOCALSTORE_DATA_DIR": str(disk)}


@contextmanager
def mounted(disk: Path, *what: str) -> Iterator[Path]:
    """挂载在 `disk`，用完卸下。"""
    disk.mkdir(exist_ok=True)
    if sys.platform != "linux" or run("mount", *what, str(disk)):
        pytest.skip(f"不能挂载 {' '.join(what)}")
    try:
        yield disk
    finally:
        assert run("umount", "-l", str(disk)) == 0


def remount(disk: Path, option: str) -> None:
    """换个样子接着挂。"""
    assert run("mount", "-o", f"remount,{option}", str(disk)) == 0


def run(*command: str) -> int:
    """运行一个程序，返回它的退出码。"""
    return subprocess.run(command, check=False, capture_output=True).returncode
