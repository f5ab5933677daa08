"""archive：一行一行地读，再长的文件也不撑满内存。"""

from __future__ import annotations

import io
from typing import Any

import pytest

from nonebot_plugin_glm.conversation.archive import lines_of, load
from nonebot_plugin_glm.conversation.archive.lines import MOST_CHARS
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.exception import ArchiveError


class Endless(io.TextIOBase):
    """没有尽头的一行，像 `/dev/zero`。"""

    given = 0

    def readline(self, size: int | None = -1, /) -> str:
        assert size is not None
        assert size > 0
        self.given += size
        return "\x00" * size


async def test_endless_line(elsewhere: Database) -> None:
    """没有尽头的文件只读到看得出太长。"""
    file: Any = Endless()
    with pytest.raises(ArchiveError, match="第 1 行：太长"):
        await load(elsewhere, lines_of(file))
    assert file.given == MOST_CHARS + 1
