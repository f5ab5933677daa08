"""delivery：回答边写边送，随时可以收回。"""

from __future__ import annotations

import asyncio
from typing import Any

import anyio

from nonebot_plugin_glm.domain import Answer
from nonebot_plugin_glm.message.delivery import Delivery
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.presenting import Manner

from .builders import ScriptedBot, private_event

STORY = "第一段。\n\n" + "后面的话。" * 30


class SlowBot(ScriptedBot):
    """发一条要等一会儿的客户端。"""

    async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
        """等一会儿再答。"""
        await asyncio.sleep(0.05)
        return await super().call_api(api, **data)


async def test_message_on_its_way_is_withdrawn_too() -> None:
    """说完的途中被取消：正在发的那条等它发出，再一并收回。"""
    bot = SlowBot()
    outgoing = Outgoing(bot, private_event(), quote=False)
    async with Delivery(outgoing, Manner()) as delivery:
        for word in STORY:
            delivery.read(word)
        with anyio.move_on_after(0.02):
            await delivery.finish(Answer(STORY, "glm"))
        await delivery.withdraw()
    assert [api for api, _ in bot.accepted] == ["send_msg", "delete_msg"]
