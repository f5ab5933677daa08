"""占住会话：几个机器人进程共用一个数据库时，同一会话也是一个接一个地答。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from hashlib import blake2b

from ..domain import ConversationKey
from .backend import Backend
from .database import Database

_SOONEST, _LATEST = 0.05, 0.5
"""别的进程占着会话时，隔多少秒再看一次：越等越疏。"""


class Claims:
    """会话归哪个进程答。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hold(self, key: ConversationKey) -> AbstractAsyncContextManager[None]:
        """占住一个会话，别的进程都等着；进程没了就自己让出来。没有别的进程就不必占。

        同一进程里的先后由调用者管：已经占着时不能再占。

        占着的途中会丢（服务器重启、连接被掐断）：不去抢回来，也不算出错。在答的照样答完，
        先存再交出。这时别的进程也能答同一个会话：两边的轮按存的先后排，都在，各是完整的
        一问一答，只是后存的没有看到先存的。

        异常:
            StoreError: 连不上
        """
        return self._held(_number(key)) if self._database.shared else nullcontext()

    @asynccontextmanager
    async def _held(self, number: int) -> AsyncIterator[None]:
        pause = _SOONEST
        try:
            while not await self._database.using(lambda b: b.try_claim(number)):
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, _LATEST)
            yield
        finally:
            # 不等它：在途的 `try_claim` 与之后的都在同一个线程里，次序不会乱
            self._database.use_soon(lambda backend: backend.give_up(number))

    async def held_elsewhere(self, key: ConversationKey) -> bool:
        """别的进程是不是占着一个会话。

        异常:
            StoreError: 连不上
        """
        number = _number(key)

        def look(backend: Backend) -> bool:
            if not backend.try_claim(number):
                return True
            backend.give_up(number)
            return False

        return self._database.shared and await self._database.using(look)


def _number(key: ConversationKey) -> int:
    """会话的锁的号码，各个进程算出来都一样。"""
    digest = blake2b(repr(key).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
