"""真的服务、真的历史，只有 GLM 是照剧本的；命令由真的响应器执行。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import Message

from nonebot_plugin_glm.chat.places import Places
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.places import PlaceStore
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.matchers import access, dispatch, keys
from tests.conftest import SUPERUSER
from tests.test_chat.builders import chat_settings
from tests.test_chat.fake_client import FakeClient
from tests.test_message.builders import ScriptedBot, group_event, private_event

MEMBER, OTHER, ADMIN, OWNER = 9, 8, 7, SUPERUSER


class Rig:
    """一个机器人：谁打什么命令，看到什么话。"""

    def __init__(self, service: ChatService, client: FakeClient) -> None:
        self.service = service
        self.client = client

    async def types(
        self, text: str | Message, user: int = MEMBER, *, group: int | None = 30
    ) -> str:
        """打一条命令，返回看到的话；没有群号是私聊。"""
        role = "admin" if user == ADMIN else "member"
        who: dict[str, Any] = {
            "user_id": user,
            "sender": {"user_id": user, "role": role},
        }
        bot = ScriptedBot()
        if group is None:
            event = private_event(text, **who)
        else:
            event = group_event(text, group_id=group, **who)
        await dispatch.run(bot, event)
        return "\n".join(bot.said)


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    """新的机器人。"""
    client = FakeClient()
    opened = await Database.open(tmp_path / "glm.db")
    places = await Places.open(PlaceStore(opened))
    service = ChatService(ConversationStore(opened), client, chat_settings, places)

    async def get_service() -> ChatService:
        return service

    monkeypatch.setattr(dispatch, "get_service", get_service)
    for module in (keys, access):
        monkeypatch.setattr(module, "current_service", lambda: service)
    yield Rig(service, client)
    await service.aclose()
