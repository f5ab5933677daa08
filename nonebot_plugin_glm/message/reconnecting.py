"""话要说的时候连接断了：等它再连上，多半只是客户端重启了一下。"""

from __future__ import annotations

import asyncio

from nonebot import get_bots
from nonebot.adapters import Bot

PATIENCE = 20.0
"""最多等多少秒。"""
_STEP = 0.2


def is_connected(bot: Bot) -> bool:
    """账号此刻是否连着；再连上的是另一个 Bot，而接口认的是账号。"""
    return bot.self_id in get_bots()


class Reconnection:
    """等断了的账号再连上；正在关机就不等。"""

    def __init__(self) -> None:
        self._closing = False

    def close(self) -> None:
        """正在关机，不会再连上了。"""
        self._closing = True

    async def back(self, bot: Bot) -> bool:
        """断了的等它再连上，返回是否又连上了；本来就连着的不算。"""
        if is_connected(bot):
            return False
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            if self._closing or is_connected(bot):
                break
            await asyncio.sleep(_STEP)
        return is_connected(bot)


reconnection = Reconnection()
