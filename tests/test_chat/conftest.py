"""真的历史，配上按剧本的客户端，或连着假 GLM 的真客户端。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from tests.fake_glm import FakeGLM

from .builders import Inbox, chat_settings, real_client, service_of
from .fake_client import FakeClient
from .fixtures import client as client
from .fixtures import glm as glm
from .fixtures import store as store


@pytest.fixture
async def service(
    store: ConversationStore, client: FakeClient
) -> AsyncIterator[ChatService]:
    """用 FakeClient 的服务；结束时队伍都拆掉了。"""
    service = service_of(store, client, chat_settings())
    yield service
    assert service._asking.queue._lanes == {}


@pytest.fixture
async def online(store: ConversationStore, glm: FakeGLM) -> AsyncIterator[ChatService]:
    """用真客户端的服务；结束时没有一个请求被判不合规。"""
    client = real_client(glm)
    service = service_of(store, client, chat_settings())
    yield service
    await client.aclose()
    assert service._asking.queue._lanes == {}


@pytest.fixture
def inbox() -> Inbox:
    """收下回答的聊天。"""
    return Inbox()
