"""假服务器、记下等待的睡眠，以及用完就关的客户端。"""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.endpoint import Endpoint
from tests.fake_glm import FakeGLM

from .talk import KEY, OTHER, Connect


@pytest.fixture
async def glm() -> AsyncIterator[FakeGLM]:
    """每个测试一个新的假服务器，密钥没有重复的片段。"""
    async with FakeGLM(keys=(KEY, OTHER)) as server:
        yield server


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """重试前等过的秒数；不抖动，所以是准数。"""
    monkeypatch.setattr(random, "random", lambda: 0.0)
    return []


@pytest.fixture
async def connect(glm: FakeGLM, delays: list[float]) -> AsyncIterator[Connect]:
    """造连着假服务器的客户端，等待只记下不真等。"""

    async def sleep(seconds: float) -> None:
        delays.append(seconds)

    async with AsyncExitStack() as stack:

        def make(*keys: str, **options: Any) -> GLMClient:
            endpoint = Endpoint(base_url=glm.base_url)
            options = {"endpoint": endpoint, "sleep": sleep} | options
            models = options.pop("fallback_models", ())
            options["fallback_models"] = lambda: models
            client = GLMClient(*(keys or (KEY,)), **options)
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def closed_port() -> int:
    """没有人在听的端口。"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
