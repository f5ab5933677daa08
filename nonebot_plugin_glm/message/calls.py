"""调用接口要做到底：适配器受不了等到一半的调用被取消。

那时应答恰好到来，OneBot 适配器 2.4.6 会抛 InvalidStateError，连接也跟着断开。
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

T = TypeVar("T")


async def to_the_end(call: Coroutine[Any, Any, T]) -> T:
    """做完一次调用；被取消时也等它做完，再照样取消。"""
    task = asyncio.ensure_future(call)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with anyio.CancelScope(shield=True):
            await asyncio.wait({task})
        raise
