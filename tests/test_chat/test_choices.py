"""模型与思考方式：会话选的先于设置的。"""

from __future__ import annotations

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Thinking, Turn, Usage

from .builders import (
    ALICE,
    GROUP,
    MODEL,
    PRIVATE,
    Inbox,
    chat_settings,
    question,
    service_of,
)
from .fake_client import FakeClient


async def models_asked(service: ChatService, client: FakeClient) -> list[str]:
    """在私聊与群里各问一次，各用了什么模型。"""
    for key in (PRIVATE, GROUP):
        await service.ask(question("问", key), Inbox())
    return [request.model for request in client.requests[-2:]]


async def test_model_precedence(service: ChatService, client: FakeClient) -> None:
    """会话选的胜过设置的，撤了就回去。"""
    assert await models_asked(service, client) == [MODEL, MODEL]
    await service.choose_model(PRIVATE, "glm-4.6")
    assert await models_asked(service, client) == ["glm-4.6", MODEL]
    await service.choose_model(PRIVATE, None)
    assert await models_asked(service, client) == [MODEL, MODEL]


async def test_choices_survive_reset_and_restart(
    service: ChatService, store: ConversationStore, client: FakeClient
) -> None:
    """忘记与重启之后，选择都还在。"""
    await service.choose_model(PRIVATE, "glm-4.6")
    await service.choose_thinking(PRIVATE, Thinking.ON)
    await service.reset(PRIVATE)
    again = service_of(store, client, chat_settings())
    assert await models_asked(again, client) == ["glm-4.6", MODEL]
    thinking = [request.thinking for request in client.requests[-2:]]
    assert thinking == [Thinking.ON, Thinking.OFF]
    await again.choose_thinking(PRIVATE, None)
    assert (await again.status(PRIVATE)).thinking is Thinking.OFF


async def test_status(service: ChatService, inbox: Inbox) -> None:
    """现状：模型、思考方式、存下的轮数与最后一轮。"""
    empty = await service.status(PRIVATE)
    assert (empty.model, empty.thinking) == (MODEL, Thinking.OFF)
    assert (empty.turns, empty.last) == (0, None)
    await service.choose_thinking(PRIVATE, Thinking.AUTO)
    await service.ask(question("一"), inbox)
    await service.ask(question("二"), inbox)
    status = await service.status(PRIVATE)
    assert status.thinking is Thinking.AUTO
    assert status.turns == 2
    assert status.last == Turn("二", "答：二", ALICE, MODEL, Usage(1, 0, 1))
