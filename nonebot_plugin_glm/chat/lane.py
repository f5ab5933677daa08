"""一个会话的队伍，与别的进程之间的先后。"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from ..domain import ConversationKey
from .ticket import Ticket

Claim = Callable[[ConversationKey], AbstractAsyncContextManager[object]]
"""占住一个会话，别的进程都等着。"""


@dataclass(slots=True, eq=False)
class Lane:
    """一个会话的队伍，没有人用就拆掉。"""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    tickets: list[Ticket] = field(default_factory=list)
    users: int = 0
