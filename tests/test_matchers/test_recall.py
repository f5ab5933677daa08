"""recall：忘记之后就让开，撤回回答在一旁做，做不成也不要紧。"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import FriendRecallNoticeEvent, NetworkError
from nonebot.compat import type_validate_python

from nonebot_plugin_glm.chat.results import Recalled
from nonebot_plugin_glm.domain import ConversationKey
from nonebot_plugin_glm.matchers import recall
from tests.patience import wait_until
from tests.test_message.builders import SELF, ScriptedBot

EVENT = type_validate_python(
    FriendRecallNoticeEvent,
    {
        "time": 1,
        "self_id": SELF,
        "post_type": "notice",
        "notice_type": "friend_recall",
        "user_id": 2,
        "message_id": 7,
    },
)


class Service:
    """忘记了一轮的服务，它的回答是两条消息。"""

    async def recall(self, key: ConversationKey, message_id: str) -> Recalled:
        """忘记。"""
        return Recalled(key, (message_id, "8"))


class SlowBot(ScriptedBot):
    """等到 `answering` 才应答的机器人。"""

    def __init__(self) -> None:
        super().__init__()
        self.answering = asyncio.Event()

    async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
        """等着。"""
        await self.answering.wait()
        return await super().call_api(api, **data)


@pytest.fixture(autouse=True)
def _service(monkeypatch: pytest.MonkeyPatch) -> None:
    async def get_service() -> Service:
        return Service()

    monkeypatch.setattr(recall, "get_service", get_service)


async def test_silent_client_holds_nobody_up() -> None:
    """客户端迟迟不应答，别的插件不陪着等；应答了，两条都撤回。"""
    bot = SlowBot()
    await asyncio.wait_for(recall.forget_recalled(bot, EVENT), 10)
    assert bot.accepted == []
    bot.answering.set()
    await wait_until(lambda: len(bot.accepted) == 2)
    assert [data["message_id"] for _, data in bot.accepted] == [7, 8]


@pytest.mark.parametrize("error", [NetworkError("断了"), RuntimeError("奇怪")])
async def test_cannot_be_taken_back(error: Exception) -> None:
    """撤不回就算了，不留下没人管的异常。"""
    bot = ScriptedBot(lambda api, data: error)
    await recall.forget_recalled(bot, EVENT)
    await wait_until(lambda: bool(bot.tried))
    await wait_until(lambda: not recall._deleting)
