"""公开接口背后是真的服务、真的历史；GLM 照剧本，或是假 GLM。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from nonebot_plugin_glm import public
from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.quota import Quotas
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from tests.fake_glm import FakeGLM
from tests.test_chat.builders import real_client, service_of
from tests.test_chat.fake_client import FakeClient
from tests.test_chat.fixtures import client as client
from tests.test_chat.fixtures import glm as glm
from tests.test_chat.fixtures import store as store


class Limits(dict):
    """测试随时可以改的额度。"""


@pytest.fixture
def limits() -> Limits:
    """没有额度。"""
    return Limits()


def behind(
    monkeypatch: pytest.MonkeyPatch,
    store: ConversationStore,
    client: GLMClient,
    limits: Limits,
) -> ChatService:
    """公开接口背后的服务。"""
    billing = Billing(store.ledger, quotas=Quotas(store.ledger, lambda: limits))
    queue = QueueLimits(merge_seconds=3)
    service = service_of(store, client, limits=queue, billing=billing)

    async def get_service() -> ChatService:
        return service

    monkeypatch.setattr(public, "get_service", get_service)
    return service


@pytest.fixture
async def service(
    monkeypatch: pytest.MonkeyPatch,
    store: ConversationStore,
    client: FakeClient,
    limits: Limits,
) -> AsyncIterator[ChatService]:
    """用 FakeClient 的服务；结束时队伍都拆掉了。"""
    service = behind(monkeypatch, store, client, limits)
    yield service
    assert not service.busy


@pytest.fixture
async def online(
    monkeypatch: pytest.MonkeyPatch,
    store: ConversationStore,
    glm: FakeGLM,
    limits: Limits,
) -> AsyncIterator[ChatService]:
    """连着假 GLM 的服务。"""
    client = real_client(glm, retries=0, patience=30)
    service = behind(monkeypatch, store, client, limits)
    yield service
    assert not service.busy
    assert not glm.invalid
    await client.aclose()
