"""两把尺：什么都不做的插件，与没有历史、直接用 aiohttp 转发的插件。"""

from __future__ import annotations

import os

import aiohttp
from nonebot import get_driver, on_message
from nonebot.adapters.onebot.v11 import Bot, MessageEvent, MessageSegment

session: aiohttp.ClientSession | None = None


async def never() -> bool:
    """从不响应。"""
    return False


async def to_me(event: MessageEvent) -> bool:
    """给机器人的消息。"""
    return event.to_me


async def forward(bot: Bot, event: MessageEvent) -> None:
    """问一句，答一句。"""
    global session
    if session is None:
        connector = aiohttp.TCPConnector(limit=1000)
        session = aiohttp.ClientSession(connector=connector)
    body = {
        "model": "glm-4.7-flash",
        "messages": [{"role": "user", "content": event.get_plaintext()}],
    }
    url = f"{os.environ['GLM_BASE_URL']}/chat/completions"
    async with session.post(url, json=body) as response:
        data = await response.json()
    text = MessageSegment.text(data["choices"][0]["message"]["content"])
    await bot.send(event, text)


if os.environ["YARDSTICK"] == "forward":
    on_message(rule=to_me, priority=98, block=True).append_handler(forward)
else:
    on_message(rule=never)


@get_driver().on_shutdown
async def _close() -> None:
    if session is not None:
        await session.close()
