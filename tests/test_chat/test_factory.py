"""由设置造出的服务：每项设置都到了该到的地方。"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from nonebot_plugin_glm.api.parking import KeyParked
from nonebot_plugin_glm.chat.factory import open_service
from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.domain import Thinking
from nonebot_plugin_glm.exception import (
    GLMError,
    MissingKeyError,
    QueueFullError,
    StoreError,
)
from tests.fake_glm import FakeGLM, faults

from .builders import PRIVATE, Inbox, outcome, question


def ignore(error: GLMError, model: str, delay: float | None) -> None:
    """不记失败。"""


async def test_settings_reach_the_wire(tmp_path: Path, glm: FakeGLM) -> None:
    """模型、温度、上限、思考、系统提示、用户代理都在请求里。"""
    config = Config(
        glm_api_key=glm.api_key,
        glm_auth="bearer",
        glm_base_url=glm.base_url,
        glm_model="glm-4.6",
        glm_system_prompt="你是猫。",
        glm_thinking=Thinking.ON,
        glm_temperature=0.3,
        glm_top_p=0.4,
        glm_max_tokens=99,
        glm_stream=False,
    )
    service = await open_service(config, tmp_path / "glm.db", "trial/1", ignore)
    inbox = Inbox()
    await service.ask(question("你好"), inbox)
    await service.aclose()
    (sent,) = glm.chats
    assert inbox.texts == ["收到：你好"]
    assert sent["messages"][0] == {"role": "system", "content": "你是猫。"}
    assert (sent["model"], sent["temperature"], sent["top_p"]) == ("glm-4.6", 0.3, 0.4)
    assert (sent["max_tokens"], sent["stream"]) == (99, False)
    assert sent["thinking"]["type"] == "enabled"
    headers = glm.requests[0].headers
    assert headers["User-Agent"] == "trial/1"
    assert headers["Authorization"] == f"Bearer {glm.api_key}"
    assert (tmp_path / "glm.db").is_file()


async def test_failures_are_reported(tmp_path: Path, glm: FakeGLM) -> None:
    """每次失败都告诉 `on_failure`；重试次数与后备模型照设置。"""
    heard: list[tuple[str, str, bool]] = []

    def hear(error: GLMError, model: str, delay: float | None) -> None:
        heard.append((str(error), model, delay is None))

    config = Config(
        glm_api_key=glm.api_key,
        glm_auth="bearer",
        glm_base_url=glm.base_url,
        glm_max_retries=0,
        glm_fallback_models=["glm-4.5-flash"],
    )
    service = await open_service(config, tmp_path / "glm.db", "x", hear)
    glm.script(faults.Error.of(1305))
    await service.ask(question(), Inbox())
    last = await service.last_turn(PRIVATE)
    await service.aclose()
    assert heard == [("HTTP 429，业务码 1305", "glm-4.7-flash", True)]
    assert last is not None
    assert last.turn.model == "glm-4.5-flash"


async def test_changes_take_effect(tmp_path: Path, glm: FakeGLM) -> None:
    """设置改了，下一问就照新的：模型、后备、队伍的长短。"""
    config = Config(
        glm_api_key=glm.api_key,
        glm_base_url=glm.base_url,
        glm_max_retries=0,
        glm_fallback_models=[],
    )
    service = await open_service(config, tmp_path / "glm.db", "x", ignore)
    await service.ask(question("一"), Inbox())
    config.glm_model, config.glm_fallback_models = "glm-4.6", ["glm-4.5-flash"]
    glm.script(faults.Error.of(1305))
    await service.ask(question("二"), Inbox())
    models = [body["model"] for body in glm.chats]
    assert models == ["glm-4.7-flash", "glm-4.6", "glm-4.5-flash"]
    config.glm_max_queue, config.glm_merge_seconds = 1, 0
    asking = [outcome(service.ask(question(str(n)), Inbox())) for n in range(3)]
    assert await asyncio.gather(*asking) == [None, None, QueueFullError]
    await service.aclose()


async def test_several_keys(tmp_path: Path) -> None:
    """`GLM_API_KEY` 是第一个，后面是 `GLM_API_KEYS`；一个用不了就告诉 `on_parked`。"""
    parked: list[KeyParked] = []
    async with FakeGLM(keys=("first.key", "second.key")) as glm:
        config = Config(
            glm_api_key="first.key",
            glm_api_keys=["second.key", "first.key"],
            glm_base_url=glm.base_url,
        )
        service = await open_service(
            config, tmp_path / "glm.db", "x", ignore, on_parked=parked.append
        )
        glm.revoked.add("first.key")
        await service.ask(question(), Inbox())
        assert [glm.key_of(r) for r in glm.requests] == ["first.key", "second.key"]
        assert service.key_count == 2
        assert [number for number, _ in service.parked_keys()] == [1]
        await service.aclose()
    assert [event.number for event in parked] == [1]


async def test_opens_without_a_key(tmp_path: Path) -> None:
    """没有密钥也打得开，提问时才说缺什么。"""
    service = await open_service(Config(), tmp_path / "glm.db", "x", ignore)
    assert await outcome(service.ask(question(), Inbox())) is MissingKeyError
    await service.aclose()


async def test_bad_database_is_reported(tmp_path: Path) -> None:
    """数据库打不开时是 StoreError。"""
    with pytest.raises(StoreError):
        await open_service(Config(), tmp_path, "x", ignore)


@pytest.mark.parametrize(
    ("url", "settings", "model"),
    [
        ("https://open.bigmodel.cn/api/paas/v4", {}, "glm-4-flash-250414"),
        ("http://127.0.0.1/v1", {}, ""),
        ("http://127.0.0.1/v1", {"glm_summary_model": "小"}, "小"),
        ("http://127.0.0.1/v1", {"glm_summary": False}, None),
        ("http://127.0.0.1/v1", {"glm_history_turns": 0}, None),
    ],
)
async def test_who_writes_the_summary(
    tmp_path: Path, url: str, settings: dict[str, Any], model: str | None
) -> None:
    """官方的用免费的，自建的用会话自己的；关掉了、不要历史的不写。"""
    config = Config(glm_api_key="a.b", glm_base_url=url, **settings)
    service = await open_service(config, tmp_path / "glm.db", "x", ignore)
    assert service._now().summary_model == model
    await service.aclose()
