"""调用接口要做到底：适配器受不了等到一半的调用被取消。

那时应答恰好到来，OneBot 适配器 2.4.6 会抛 InvalidStateError，连接也跟着断开。
连接断了，应答不会再来，适配器却要等满 API_TIMEOUT：取消之后不陪它等，不然关不了机。
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from weakref import WeakSet

import anyio
from nonebot import get_bots
from nonebot.adapters import Bot

T = TypeVar("T")
_STEP = 0.1
"""隔多少秒看一次连接断了没有。"""
_calls: dict[asyncio.Future[Any], tuple[Bot, bool]] = {}
"""在等应答的调用，与它开始时是不是连着。"""
_abandoned: WeakSet[asyncio.Future[Any]] = WeakSet()
"""不再等的调用。"""


async def to_the_end(call: Coroutine[Any, Any, T], bot: Bot) -> T:
    """做完 `bot` 的一次调用；被取消时也等它做完，或连接断开，再照样取消。"""
    was_connected = _holds(bot)
    task = asyncio.ensure_future(call)
    _calls[task] = bot, was_connected
    task.add_done_callback(_calls.pop)
    try:
        # 不用 shield：外层取消之后调用才失败的，新的 Python 会当作没人管的异常写进日志
        await asyncio.wait({task})
    except asyncio.CancelledError:
        task.add_done_callback(_note_failure)
        with anyio.CancelScope(shield=True):
            while not task.done() and _holds(bot) == was_connected:
                await asyncio.wait({task}, timeout=_STEP)
        raise
    if task in _abandoned:
        raise ConnectionResetError("连接断了")
    return task.result()


def abandon() -> None:
    """正在关机：连接断了的调用不会再有应答，不再等它。

    NoneBot 不让响应器被取消，适配器关机时却要等它们退出，一个表情没有应答就要等半分钟。
    """
    for task, (bot, was_connected) in list(_calls.items()):
        if _holds(bot) != was_connected:
            _abandoned.add(task)
            task.cancel()


def _holds(bot: Bot) -> bool:
    """是不是还在这个连接上；再连上的是另一个 Bot。"""
    return get_bots().get(bot.self_id) is bot


def _note_failure(task: asyncio.Task[Any]) -> None:
    """没有人等结果了，失败也算有人看过：不然 asyncio 会说从未取回。"""
    if not task.cancelled():
        task.exception()
