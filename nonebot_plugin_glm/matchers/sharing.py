"""几个进程共用一个数据库时，别的进程改了的设置、说的打断，这里都照着办。"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from nonebot import get_bots

from ..exception import StoreError
from ..message import onebot
from .settings import Settings

if TYPE_CHECKING:
    from ..chat.elsewhere import Elsewhere
    from ..chat.service import ChatService

SECONDS = 1.0
"""隔多少秒看一次；三张小表，服务器不觉得。"""

MOMENT = 0.25
"""隔多少秒听一次别处说的打断：人等得及，服务器也不觉得。"""


async def heed(elsewhere: Elsewhere) -> None:
    """一直听着，直到被取消；在这里答过的撤回了，回答也在这里撤回。"""
    while True:
        await asyncio.sleep(MOMENT)
        try:
            forgotten = await elsewhere.settle()
        except StoreError:
            continue
        for recalled in forgotten:
            bot = recalled.key and get_bots().get(recalled.key.bot_id)
            if bot is not None:
                with suppress(Exception):  # 撤不回就算了，不能因此不再听
                    await onebot.delete(bot, recalled.answers)


async def follow(service: ChatService, settings: Settings) -> None:
    """一直看着，直到被取消；服务器不在时等它回来。"""
    while True:
        await asyncio.sleep(SECONDS)
        try:
            await service.messages.flush()
            await service.places.refresh()
            service.billing.quotas.recheck()
            settings.follow(await service.settings.all())
        except StoreError:
            continue
