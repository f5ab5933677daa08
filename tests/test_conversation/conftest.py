"""每个测试一个新的历史。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.database import Database
from tests.test_chat.fixtures import store as store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """数据库文件，尚不存在。"""
    return tmp_path / "glm.db"


@pytest.fixture
async def database(where: Path | str) -> AsyncIterator[Database]:
    """这台机器的数据库。"""
    database = await Database.open(where)
    yield database
    await database.aclose()


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Database]:
    """另一台机器的数据库。"""
    database = await Database.open(tmp_path / "there.db")
    yield database
    await database.aclose()
