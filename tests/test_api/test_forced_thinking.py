"""不许关思考的模型：被拒绝一次就学会，并且记住。"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from nonebot_plugin_glm.api import models
from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.models import CATALOGUE
from nonebot_plugin_glm.domain import Thinking
from nonebot_plugin_glm.exception import InvalidRequestError
from tests.fake_glm import FakeGLM, faults

from .talk import KEY, WAYS, Connect, ask, whole

REFUSAL = {
    "error": {"code": "1210", "message": "该模型始终思考，不支持关闭思考；请使用 low。"}
}
FORCED = "glm-5.3"


@pytest.fixture
def unlisted(monkeypatch: pytest.MonkeyPatch) -> None:
    """目录还不知道这个模型总在思考。"""
    others = {name: info for name, info in CATALOGUE.items() if name != FORCED}
    monkeypatch.setattr(models, "CATALOGUE", others)


@WAYS
@pytest.mark.usefixtures("unlisted")
async def test_heals_and_remembers(glm: FakeGLM, connect: Connect, way: str) -> None:
    """被拒绝后改用 reasoning_effort 再发一次，下一个提问只有一个请求。"""
    client = connect()
    assert await ask(client, way, model=FORCED) == "收到：你好"
    first, second = glm.chats
    assert (first["thinking"], "reasoning_effort" in first) == (
        {"type": "disabled"},
        False,
    )
    assert (second["reasoning_effort"], "thinking" in second) == ("low", False)
    assert await ask(client, way, model=FORCED) == "收到：你好"
    assert len(glm.chats) == 3
    assert glm.chats[2] == second


@pytest.mark.usefixtures("unlisted")
async def test_remembers_by_model(glm: FakeGLM, connect: Connect) -> None:
    """学会的只是这一个模型，要求思考时它用高一档。"""
    client = connect()
    await ask(client, model=FORCED)
    await ask(client, model="glm-4.7")
    assert glm.chats[-1]["thinking"] == {"type": "disabled"}
    await ask(client, model=FORCED, thinking=Thinking.ON)
    assert glm.chats[-1]["reasoning_effort"] == "high"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1210", None),
        ("1210", "max_tokens参数非法：限制数值范围[1,98304]"),
        ("1215", REFUSAL["error"]["message"]),
    ],
)
async def test_other_refusals_are_final(
    glm: FakeGLM, connect: Connect, code: str, message: str | None
) -> None:
    """业务码与说明都对得上才自愈，别的缘由不再试。"""
    glm.always(faults.Error.of(code, message))
    with pytest.raises(InvalidRequestError):
        await ask(connect())
    assert len(glm.chats) == 1


async def test_heals_only_once(glm: FakeGLM, connect: Connect) -> None:
    """改了仍被拒绝就报告，不无休止地试。"""
    glm.always(faults.Error.of("1210", REFUSAL["error"]["message"]))
    with pytest.raises(InvalidRequestError):
        await ask(connect())
    assert len(glm.chats) == 2


async def test_two_questions_at_once_both_heal() -> None:
    """两个提问同时第一次被拒绝，两个都自愈：曾有一个因另一个已学会而失败。"""
    bodies: list[dict[str, Any]] = []
    both_sent = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        if "thinking" not in bodies[-1]:
            return whole({"content": "好"})
        if len(bodies) == 2:
            both_sent.set()
        await asyncio.wait_for(both_sent.wait(), 5)
        return httpx.Response(400, json=REFUSAL)

    # 官方的免费模型一次只答一个，那就碰不到一起了
    endpoint = Endpoint(base_url="http://127.0.0.1/v4")
    client = GLMClient(KEY, endpoint=endpoint, transport=httpx.MockTransport(handler))
    answers = await asyncio.gather(ask(client), ask(client))
    assert answers == ["好", "好"]
    assert len(bodies) == 4
    await client.aclose()
