"""由设置造出 ChatService；这里才导入 httpx 与 SQLAlchemy。"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ..api.client import GLMClient
from ..api.endpoint import Endpoint
from ..api.parking import ParkingReport
from ..api.perseverance import FailureReport
from ..api.prices import PriceList
from ..api.retry import RetryPolicy
from ..config import Config
from ..conversation.accounts import Kind
from ..conversation.damage import DamageReport
from ..conversation.database import Database
from ..conversation.places import PlaceStore
from ..conversation.store import ConversationStore
from ..conversation.window import WindowLimits
from .allowance import Limit, parse_quota
from .billing import Billing
from .doctor.examination import Patient
from .doctor.glm import Wanted
from .draft import ChatSettings
from .hooks import Hooks
from .personas import Personas, PersonaSource
from .places import Places
from .queue import QueueLimits
from .quota import Quotas
from .service import ChatService

FREE_MODEL = "glm-4-flash-250414"
"""写摘要用的免费模型：不思考，快，并发宽裕。"""


async def open_service(
    config: Config,
    database: Path | str,
    user_agent: str,
    on_failure: FailureReport,
    personas: PersonaSource | None = None,
    on_parked: ParkingReport = lambda parked: None,
    on_damage: DamageReport | None = None,
    hooks: Hooks | None = None,
) -> ChatService:
    """打开历史与连接，得到服务；`config` 以后变了，可以改的设置立即照新的。

    异常:
        StoreError: 数据库打不开
    """
    opened = await Database.open(database, on_damage)
    store = ConversationStore(opened)
    try:
        places = await Places.open(PlaceStore(opened))
    except BaseException:
        await opened.aclose()
        raise
    endpoint = _endpoint(config, user_agent)
    client = GLMClient(
        config.glm_api_key,
        *config.glm_api_keys,
        auth=config.glm_auth,
        endpoint=endpoint,
        retry=RetryPolicy(max_retries=config.glm_max_retries),
        fallback_models=lambda: tuple(config.glm_fallback_models),
        on_failure=on_failure,
        on_parked=on_parked,
    )
    return ChatService(
        store,
        client,
        partial(_settings, config, official=endpoint.official),
        places,
        partial(_limits, config),
        Personas(store.personas, places, personas),
        _billing(config, store),
        hooks,
    )


def patient(config: Config, database: Path | str, user_agent: str) -> Patient:
    """由设置得到要看的病人。"""
    keys = dict.fromkeys(filter(None, [config.glm_api_key, *config.glm_api_keys]))
    endpoint = _endpoint(config, user_agent)
    wanted = Wanted(tuple(keys), config.glm_auth, endpoint, config.glm_model)
    return Patient(wanted, database)


def _billing(config: Config, store: ConversationStore) -> Billing:
    quotas = Quotas(store.ledger, partial(_quotas, config))
    return Billing(store.ledger, lambda: PriceList(config.glm_prices), quotas)


def _quotas(config: Config) -> dict[Kind, tuple[Limit, ...]]:
    return {
        Kind.USER: parse_quota(config.glm_quota_user),
        Kind.GROUP: parse_quota(config.glm_quota_group),
        Kind.TOTAL: parse_quota(config.glm_quota_total),
    }


def _endpoint(config: Config, user_agent: str) -> Endpoint:
    return Endpoint(
        base_url=config.glm_base_url,
        proxy=config.glm_proxy or None,
        connect_timeout=config.glm_connect_timeout,
        read_timeout=config.glm_read_timeout,
        max_concurrency=config.glm_max_concurrency,
        user_agent=user_agent,
    )


def _summary_model(config: Config, *, official: bool) -> str | None:
    """`ChatSettings.summary_model`：自建的服务器不认得智谱的免费模型。"""
    if not (config.glm_summary and config.glm_history_turns):
        return None
    return config.glm_summary_model or (FREE_MODEL if official else "")


def _limits(config: Config) -> QueueLimits:
    return QueueLimits(config.glm_max_queue, config.glm_merge_seconds)


def _settings(config: Config, *, official: bool) -> ChatSettings:
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
        summary_model=_summary_model(config, official=official),
        auto_memory=config.glm_auto_memory,
    )
