"""撤回：提问或回答被撤回了，它的轮就离开历史，回答也撤回。"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from nonebot.adapters import Bot, Event
from nonebot.log import logger

from ..exception import GLMError
from ..message import onebot
from .overheard import overheard
from .runtime import get_service

_deleting: set[asyncio.Task[None]] = set()
"""正在撤回的回答。"""


def is_recall(event: Event) -> bool:
    """别人撤回了消息；机器人自己撤回的不算。"""
    recalled = onebot.recalled_message(event)
    return recalled is not None and not recalled.by_bot


async def forget_recalled(bot: Bot, event: Event) -> None:
    """忘记被撤回的消息。"""
    recalled = onebot.recalled_message(event)
    if recalled is None:
        return
    overheard.forget_message(recalled.key, recalled.message_id)
    try:
        service = await get_service()
        done = await service.recall(recalled.key, recalled.message_id)
    except GLMError as error:
        logger.warning(f"被撤回的消息没能忘记：{error!r}")
        return
    if done.answers:  # 不等它：客户端不应答时，别的插件不能陪着等
        deleting = asyncio.create_task(_delete(bot, done.answers))
        _deleting.add(deleting)
        deleting.add_done_callback(_deleting.discard)


async def _delete(bot: Bot, message_ids: Iterable[str]) -> None:
    with suppress(Exception):  # 撤不回就算了
        await onebot.delete(bot, message_ids)
