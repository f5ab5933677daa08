"""故障共用的机器人与账本。"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess

from ..conftest import PLUGINS, check_log, settings_for
from .book import Book
from .disks import mounted

_self_ids = iter(range(70_001, 80_000))


@pytest.fixture(scope="session")
def book() -> Iterator[Book]:
    """故障表。"""
    book = Book()
    yield book
    book.close()


@pytest.fixture(scope="session")
async def frail_bot(
    server: FakeGLM, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """不重试、不换模型的机器人：一次失败就看得到。"""
    settings = settings_for(server, GLM_MAX_RETRIES="0", GLM_FALLBACK_MODELS="[]")
    directory = tmp_path_factory.mktemp("frail")
    async with BotProcess(directory, settings, PLUGINS) as process:
        yield process
    check_log(process)


@pytest.fixture
async def frail(frail_bot: BotProcess, glm: FakeGLM) -> AsyncIterator[QQ]:
    """连着它的新账号。"""
    client = await frail_bot.connect(next(_self_ids))
    yield client
    await client.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """一兆的真磁盘。"""
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as disk:
        yield disk
