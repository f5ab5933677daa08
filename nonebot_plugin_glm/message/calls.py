"""调用接口要做到底：适配器受不了等到一半的调用被取消。

那时应答恰好到来，OneBot 适配器 2.4.6 会抛 InvalidStateError，连接也跟着断开。
关机时连接已经断了，应答不会再来，适配器却要等满 API_TIMEOUT：那时不等。
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import anyio

from .reconnecting import reconnection

T = TypeVar("T")


async def to_the_end(call: Coroutine[Any, Any, T]) -> T:
    """做完一次调用；被取消时也等它做完（关机时不等），再照样取消。"""
    task = asyncio.ensure_future(call)
    try:
        # 不用 shield：外层取消之后调用才失败的，新的 Python 会当作没人管的异常写进日志
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.add_done_callback(_note_failure)
        with anyio.CancelScope(shield=True):
            await _finished_or_closing(task)
        raise
    return task.result()


async def _finished_or_closing(task: asyncio.Task[Any]) -> None:
    closing = asyncio.ensure_future(reconnection.given_up())
    try:
        await asyncio.wait({task, closing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        closing.cancel()


def _note_failure(task: asyncio.Task[Any]) -> None:
    """没有人等结果了，失败也算有人看过：不然 asyncio 会说从未取回。"""
    if not task.cancelled():
        task.exception()
