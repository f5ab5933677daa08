"""一个机器人进程里的一份设置与一个服务。"""

from __future__ import annotations

import asyncio
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from nonebot import get_driver
from nonebot.log import logger
from nonebot_plugin_localstore import get_plugin_data_file

from ..config import load_config
from ..exception import APIError, GLMError
from .owners import tell_parked

if TYPE_CHECKING:
    from ..chat.service import ChatService

config = load_config()
# localstore 靠调用栈认出插件，只能在导入时问
DATABASE = get_plugin_data_file("glm.db")

_opening: asyncio.Task[ChatService] | None = None


async def get_service() -> ChatService:
    """服务；第一次用到时打开，打不开时下一次再试。

    异常:
        StoreError: 数据库打不开
    """
    global _opening
    failed = (
        _opening and _opening.done() and (_opening.cancelled() or _opening.exception())
    )
    if _opening is None or failed:
        _opening = asyncio.create_task(_open())
    return await asyncio.shield(_opening)


def current_service() -> ChatService | None:
    """已经打开的服务；还没有打开时是 `None`，不等。"""
    if _opening is None or not _opening.done() or _opening.cancelled():
        return None
    return None if _opening.exception() else _opening.result()


def log_failure(error: GLMError, model: str, delay: float | None) -> None:
    """把一次失败写进日志：业务码与上游的说明，没有密钥，也没有人说的话。"""
    detail = f"，{error.detail}" if isinstance(error, APIError) else ""
    after = "不再重试" if delay is None else f"{delay:.1f} 秒后重试"
    logger.warning(f"{model} 失败（{type(error).__name__}：{error}{detail}），{after}")


async def _open() -> ChatService:
    # httpx 与 SQLAlchemy 合起来要半秒才能导入：放到线程里，不挡别的插件收消息
    factory = await asyncio.to_thread(import_module, "..chat.factory", __package__)
    return await factory.open_service(
        config, DATABASE, _user_agent(), log_failure, tell_parked
    )


def _user_agent() -> str:
    try:
        return f"nonebot-plugin-glm/{version('nonebot-plugin-glm')}"
    except PackageNotFoundError:
        return "nonebot-plugin-glm"


@get_driver().on_bot_connect
async def _warm_up() -> None:
    """机器人连上后就打开服务，第一个提问不必等。"""
    try:
        await get_service()
    except GLMError as error:
        logger.opt(exception=error).error(f"历史打不开，请检查 {DATABASE}")


@get_driver().on_shutdown
async def _close() -> None:
    """关闭服务。"""
    global _opening
    opening, _opening = _opening, None
    if opening is None:
        return
    try:
        service = await opening
    except GLMError:
        return
    await service.aclose()
