"""一个机器人进程里的一份设置与一个服务。"""

from __future__ import annotations

import asyncio
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from nonebot import get_driver
from nonebot.log import logger
from nonebot_plugin_localstore import get_plugin_config_file, get_plugin_data_file

from ..chat.hooks import Hooks
from ..chat.personas import PersonaSource
from ..config import load_config
from ..exception import APIError, GLMError
from ..message.calls import abandon
from ..message.reconnecting import reconnection
from .owners import tell_damaged, tell_parked
from .settings import Settings
from .sharing import follow, heed
from .unmade import unmade_data_file

if TYPE_CHECKING:
    from ..chat.service import ChatService

config = load_config()
settings = Settings(config)
hooks = Hooks(logger.error)
"""别的插件的钩子；登记时服务多半还没有打开。"""
# localstore 靠调用栈认出插件，只能在导入时问
try:
    DATABASE = get_plugin_data_file("glm.db")
except OSError:  # 只读的盘上建不成目录：照样加载，提问的人会听到一句话
    DATABASE = unmade_data_file("glm.db")
except RuntimeError as exc:  # `nb glm` 会在没有加载插件的项目里导入这里
    raise RuntimeError(
        "nonebot_plugin_glm 没有作为插件加载，"
        "请写进 pyproject.toml 的 [tool.nonebot.plugins]"
    ) from exc
try:
    PERSONAS = get_plugin_config_file("personas")
except OSError:  # 家目录不可写的容器：没有这个文件夹，别的照常
    PERSONAS = None

WHERE = config.glm_database_url or DATABASE
"""历史在哪里：PostgreSQL 的地址，或数据目录里的文件。"""

_opening: asyncio.Task[ChatService] | None = None
_following: list[asyncio.Task[None]] = []


async def get_service() -> ChatService:
    """服务；第一次用到时打开，打不开时下一次再试。

    异常:
        StoreError: 数据库打不开
    """
    global _opening
    if (service := current_service()) is not None:
        return service
    if _opening is None or _opening.done():  # 还没有打开过，或上次没有打开
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
    personas = PersonaSource(PERSONAS, _bot_name(), logger.warning)
    service = await factory.open_service(
        config,
        WHERE,
        user_agent(),
        log_failure,
        personas,
        tell_parked,
        tell_damaged,
        hooks,
    )
    try:
        settings.restore(await service.settings.all())
    except BaseException:
        await service.aclose()
        raise
    if config.glm_database_url:
        _following.append(asyncio.create_task(follow(service, settings)))
        _following.append(asyncio.create_task(heed(service.elsewhere)))
    return service


def _bot_name() -> str:
    """机器人的名字：昵称里的一个；集合没有次序，取排在最前的，重启也不变。"""
    return min(get_driver().config.nickname, default="GLM")


def user_agent() -> str:
    """对 GLM 说自己是谁。"""
    try:
        return f"nonebot-plugin-glm/{version('nonebot-plugin-glm')}"
    except PackageNotFoundError:
        return "nonebot-plugin-glm"


def shown_where() -> str:
    """历史在哪里，给人看的写法，没有密码。"""
    return "GLM_DATABASE_URL" if config.glm_database_url else str(DATABASE)


@get_driver().on_bot_connect
async def _warm_up() -> None:
    """机器人连上后就打开服务，第一个提问不必等。"""
    try:
        await get_service()
    except GLMError as error:
        logger.error(f"历史打不开（{error}），请检查 {shown_where()}")


@get_driver().on_shutdown
async def _close() -> None:
    """关闭服务。"""
    global _opening
    reconnection.close()
    abandon()
    opening, _opening = _opening, None
    while _following:
        _following.pop().cancel()
    if opening is None:
        return
    try:
        service = await opening
    except GLMError:
        return
    await service.aclose()
