"""故障共用的账本与磁盘。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .book import Book
from .disks import mounted


@pytest.fixture(scope="session")
def book() -> Iterator[Book]:
    """故障表。"""
    book = Book()
    yield book
    book.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """一兆的真磁盘；写在 `launch` 前面，机器人才先停下。"""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as disk:
        yield disk
