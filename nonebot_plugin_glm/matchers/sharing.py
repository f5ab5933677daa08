"""几个进程共用一个数据库时，别的进程改了的设置，这里照着改。"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..exception import StoreError
from .settings import Settings

if TYPE_CHECKING:
    from ..chat.service import ChatService

SECONDS = 1.0
"""隔多少秒看一次；三张小表，服务器不觉得。"""


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
