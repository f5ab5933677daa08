"""假服务器与直连它的 httpx 客户端。"""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fake_glm import FakeGLM


@pytest.fixture
async def glm() -> AsyncIterator[FakeGLM]:
    """每个测试一个新的假服务器。"""
    async with FakeGLM() as server:
        yield server


@pytest.fixture
async def http(glm: FakeGLM) -> AsyncIterator[httpx.AsyncClient]:
    """带好密钥的客户端。"""
    headers = {"Authorization": f"Bearer {glm.api_key}"}
    async with httpx.AsyncClient(
        base_url=glm.base_url, headers=headers, timeout=5, trust_env=False
    ) as client:
        yield client
