"""过期的轮不留：启动时看一次，之后每天看一次。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from nonebot import get_driver
from nonebot.log import logger

from ..exception import GLMError
from .runtime import config, get_service

DAY = 86400.0


async def keep_expiring(
    days: float,
    expire: Callable[[float], Awaitable[int]],
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """每天忘记一次 `days` 天之前的轮，直到被取消；失败了第二天再来。"""
    while True:
        try:
            if gone := await expire(clock() - days * DAY):
                logger.info(f"忘记了过期的 {gone} 轮")
        except GLMError as error:
            logger.warning(f"过期的轮没能忘记：{error!r}")
        await sleep(DAY)


async def _expire(before: float) -> int:
    return await (await get_service()).rights.expire(before)


_expiring: asyncio.Task[None] | None = None


@get_driver().on_startup
async def _start() -> None:
    """设了期限才看。"""
    global _expiring
    if config.glm_retention_days:
        task = keep_expiring(config.glm_retention_days, _expire)
        _expiring = asyncio.create_task(task)


@get_driver().on_shutdown
async def _stop() -> None:
    """停下，等它退出。"""
    if _expiring is not None:
        _expiring.cancel()
        with suppress(asyncio.CancelledError):
            await _expiring
