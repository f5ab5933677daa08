"""关机时的队伍：在答的先答完，余下的作罢。"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from .queue import ConversationQueue


async def drain(queue: ConversationQueue, seconds: float) -> None:
    """不再接受提问：排着队的作罢，在答的至多再等 `seconds` 秒，之后也作罢。"""
    queue.closed = True
    for ticket in queue.everyone():
        if not ticket.started:
            ticket.dismiss()
    with anyio.move_on_after(seconds):
        return await _emptied(queue)
    for ticket in queue.everyone():
        ticket.dismiss()
    await _emptied(queue)


async def close(queue: ConversationQueue) -> None:
    """不再接受提问，中止所有人的，等它们退出；连接已经断了，不必再说什么。"""
    queue.closed = True
    for ticket in queue.everyone():
        ticket.scope.cancel()
    await _emptied(queue)


async def _emptied(queue: ConversationQueue) -> None:
    async with queue.alone(queue.keys):
        pass
