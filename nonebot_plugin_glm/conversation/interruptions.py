"""打断：一个机器人进程里说的中止与撤回，告诉共用一个数据库的别的进程。

只有会话的名字、人与消息的编号，没有人说的话。说的时候没有连着的进程就听不到，它在答的
照样答完；连不上时什么也不说、什么也没有听到，要紧的读写自会说连不上。
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ..domain import ConversationKey, Scope
from ..exception import StoreError

if TYPE_CHECKING:
    from .database import Database


class Reach(str, Enum):
    """打断的是哪些提问。"""

    CONVERSATION = "conversation"
    """一个会话里的；`identity` 是谁的，`None` 是所有人的，下同"""
    GROUP = "group"
    """一个群里的，共用的与每个成员的会话都算"""
    PLATFORM = "platform"
    """一个平台上的"""
    MESSAGE = "message"
    """含着一条消息的；`identity` 是消息的编号，会话只说明是哪个账号的"""


@dataclass(frozen=True, slots=True)
class Interruption:
    """一次打断。"""

    reach: Reach
    key: ConversationKey
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """听到的一次打断。"""

    interruption: Interruption
    said_at: float
    """何时说的，`time.monotonic`；宁可早一点，不会晚"""


class Interruptions:
    """与别的进程互相告诉；数据库只有一个进程用时什么也不做。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tell(self, interruption: Interruption) -> None:
        """告诉别的进程。"""
        if self._database.shared:
            with suppress(StoreError):
                words = _written(interruption)
                await self._database.using(lambda backend: backend.tell(words))

    async def hear(self) -> list[Heard]:
        """上一次听过之后，别的进程说的；占到会话之前说完的，占到之后都听得到。"""
        if not self._database.shared:
            return []
        try:
            told = await self._database.using(lambda backend: backend.heard())
        except StoreError:
            return []
        read = [(_read(words), said_at) for said_at, words in told]
        return [Heard(said, said_at) for said, said_at in read if said is not None]


def _written(said: Interruption) -> str:
    key = said.key
    names = [key.platform, key.bot_id, key.scope.value, key.group_id, key.user_id]
    return json.dumps([said.reach.value, said.identity, *names])


def _read(words: str) -> Interruption | None:
    """读不懂的是新一版的插件说的。"""
    try:
        reach, identity, platform, bot_id, scope, *ids = json.loads(words)
        key = ConversationKey(platform, bot_id, Scope(scope), *ids)
        return Interruption(Reach(reach), key, identity)
    except (ValueError, TypeError):
        return None
