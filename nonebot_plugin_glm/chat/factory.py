"""由设置造出 ChatService；这里才导入 httpx 与 SQLAlchemy。"""

from __future__ import annotations

from pathlib import Path

from ..api.client import GLMClient
from ..api.connection import Endpoint
from ..api.parking import ParkingReport
from ..api.perseverance import FailureReport
from ..api.retry import RetryPolicy
from ..config import Config
from ..conversation.database import Database
from ..conversation.places import PlaceStore
from ..conversation.store import ConversationStore
from ..conversation.window import WindowLimits
from .draft import ChatSettings
from .places import Places
from .queue import QueueLimits
from .service import ChatService


async def open_service(
    config: Config,
    database: Path,
    user_agent: str,
    on_failure: FailureReport,
    on_parked: ParkingReport = lambda parked: None,
) -> ChatService:
    """打开历史与连接，得到服务。

    异常:
        StoreError: 数据库打不开
    """
    opened = await Database.open(database)
    store = ConversationStore(opened)
    try:
        places = await Places.open(PlaceStore(opened))
    except BaseException:
        await opened.aclose()
        raise
    client = GLMClient(
        config.glm_api_key,
        *config.glm_api_keys,
        auth=config.glm_auth,
        endpoint=_endpoint(config, user_agent),
        retry=RetryPolicy(max_retries=config.glm_max_retries),
        fallback_models=tuple(config.glm_fallback_models),
        on_failure=on_failure,
        on_parked=on_parked,
    )
    limits = QueueLimits(config.glm_max_queue, config.glm_merge_seconds)
    return ChatService(store, client, _settings(config), places, limits)


def _endpoint(config: Config, user_agent: str) -> Endpoint:
    return Endpoint(
        base_url=config.glm_base_url,
        proxy=config.glm_proxy or None,
        connect_timeout=config.glm_connect_timeout,
        read_timeout=config.glm_read_timeout,
        max_concurrency=config.glm_max_concurrency,
        user_agent=user_agent,
    )


def _settings(config: Config) -> ChatSettings:
    return ChatSettings(
        model=config.glm_model,
        system_prompt=config.glm_system_prompt,
        window=WindowLimits(config.glm_history_turns, config.glm_context_tokens),
        thinking=config.glm_thinking,
        temperature=config.glm_temperature,
        top_p=config.glm_top_p,
        max_tokens=config.glm_max_tokens,
        stream=config.glm_stream,
        timeout=config.glm_timeout,
    )
