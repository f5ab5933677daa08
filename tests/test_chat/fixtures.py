"""真的历史，按剧本的客户端与假 GLM：chat 的测试与公开接口的测试共用。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.store import ConversationStore
from tests.fake_glm import FakeGLM

from .fake_client import FakeClient


@pytest.fixture
async def store(where: Path | str) -> AsyncIterator[ConversationStore]:
    """新的历史。"""
    store = await ConversationStore.open(where)
    yield store
    await store.aclose()


@pytest.fixture
def client() -> FakeClient:
    """按剧本回答的客户端。"""
    return FakeClient()


@pytest.fixture
async def glm() -> AsyncIterator[FakeGLM]:
    """每个测试一个新的假 GLM。"""
    async with FakeGLM() as server:
        yield server
