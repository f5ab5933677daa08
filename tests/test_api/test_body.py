"""请求体的测试。"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.models import (
    CATALOGUE,
    ModelInfo,
    ThinkingControl,
    model_info,
)
from nonebot_plugin_glm.api.schema import ChatRequest, request_body
from nonebot_plugin_glm.domain import Message, Thinking
from tests.fake_glm import FakeGLM
from tests.fake_glm.catalog import MODELS

from .talk import MODEL, ONCE, Connect, ask, chat

ON, OFF, AUTO = Thinking.ON, Thinking.OFF, Thinking.AUTO


def body_of(request: ChatRequest, *, official: bool = True) -> dict[str, Any]:
    """按目录得到的请求体。"""
    info = model_info(request.model)
    return request_body(request, info, info.thinking, official=official)


def test_only_what_is_set() -> None:
    """没有设置的字段不发，消息照原样。"""
    messages = (Message("system", "设定"), Message("user", "问"))
    body = body_of(ChatRequest("some-model", messages, AUTO, stream=False))
    assert body == {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": "设定"},
            {"role": "user", "content": "问"},
        ],
        "stream": False,
    }


@pytest.mark.parametrize("field", ["temperature", "top_p"])
@pytest.mark.parametrize(
    ("value", "sent"),
    [(0, 0.01), (0.004, 0.01), (0.5, 0.5), (0.123, 0.12), (0.996, 0.99), (1, 0.99)],
)
def test_ends_are_avoided(field: str, value: float, sent: float) -> None:
    """温度与 top_p 避开两端，留两位小数。"""
    fields: dict[str, Any] = {field: value}
    assert body_of(chat(**fields))[field] == sent


@given(st.floats(allow_nan=False))
def test_always_inside(value: float) -> None:
    """不论设成多少，送出去的都在服务器接受的范围里。"""
    body = body_of(chat(temperature=value, top_p=value))
    assert 0.01 <= body["temperature"] == body["top_p"] <= 0.99


@pytest.mark.parametrize(
    ("model", "asked", "sent"),
    [
        ("glm-4-long", 100_000, 4_095),
        ("glm-4-flash-250414", 16_384, 16_384),
        ("glm-4-flash-250414", 16_385, 16_384),
        ("glm-4.7-flash", 1, 1),
        ("glm-4.1v-thinking-flash", 100_000, 100_000),
        ("not-in-the-catalogue", 100_000, 100_000),
    ],
)
def test_max_tokens_is_capped(model: str, asked: int, sent: int) -> None:
    """额度超过模型的上限时取模型的，上限未知时照发。"""
    assert body_of(chat(model=model, max_tokens=asked))["max_tokens"] == sent


def switch(kind: str, **kwargs: bool) -> dict[str, object]:
    """思考开关的字段。"""
    fields: dict[str, object] = {"thinking": {"type": kind}}
    return fields | ({"chat_template_kwargs": kwargs} if kwargs else {})


@pytest.mark.parametrize("official", [True, False])
@pytest.mark.parametrize(
    ("model", "mode", "on_official", "on_own_server"),
    [
        (MODEL, ON, switch("enabled"), switch("enabled", enable_thinking=True)),
        (MODEL, OFF, switch("disabled"), switch("disabled", enable_thinking=False)),
        (MODEL, AUTO, {}, {}),
        ("unknown", OFF, switch("disabled"), switch("disabled", enable_thinking=False)),
        ("glm-5.3", ON, *[{"reasoning_effort": "high"}] * 2),
        ("glm-5.3-flash", OFF, *[{"reasoning_effort": "low"}] * 2),
        ("glm-5.3", AUTO, {}, {}),
        ("glm-4-flash-250414", ON, {}, {}),
        ("glm-4.1v-thinking-flash", OFF, {}, {}),
    ],
)
def test_thinking_fields(
    model: str,
    mode: Thinking,
    on_official: dict[str, object],
    on_own_server: dict[str, object],
    official: bool,
) -> None:
    """每种模型、每种方式各发什么，自建的服务器另加聊天模板的参数。"""
    body = body_of(chat(model=model, thinking=mode), official=official)
    del body["model"], body["messages"], body["stream"]
    body.pop("stream_options", None)
    assert body == (on_official if official else on_own_server)


@pytest.mark.parametrize("model", sorted(CATALOGUE.keys() & MODELS.keys()))
@pytest.mark.parametrize("mode", [ON, OFF, AUTO])
async def test_catalogue_is_accepted(
    glm: FakeGLM, connect: Connect, model: str, mode: Thinking
) -> None:
    """目录里的模型，不论怎样思考、要多少额度，服务器第一次就接受。"""
    known = model_info(model).max_output
    fields = {"model": model, "thinking": mode, "temperature": 0.0, "top_p": 1.0}
    client = connect(retry=ONCE)
    assert await ask(client, max_tokens=known and 10**6, **fields) == "收到：你好"
    assert len(glm.chats) == 1


@pytest.mark.parametrize(
    "info", CATALOGUE.values(), ids=[info.id for info in CATALOGUE.values()]
)
def test_catalogue_facts(info: ModelInfo) -> None:
    """目录的上下文与额度不超过服务器的，总在思考的与不能思考的也一致。"""
    fact = MODELS[info.id]
    assert info.context == fact.context
    assert (info.max_output or 1) <= fact.cap
    assert (info.thinking is ThinkingControl.EFFORT) is (
        fact.thinking.value == "always"
    )
    assert (info.thinking is ThinkingControl.SWITCH) is (
        fact.thinking.value == "switch"
    )
    assert info.vision is (fact.images > 0)


async def test_on_the_wire(glm: FakeGLM, connect: Connect) -> None:
    """请求是 UTF-8 的 JSON，汉字不转义，带着自己的 User-Agent。"""
    endpoint = Endpoint(base_url=glm.base_url, user_agent="nonebot-plugin-glm/9.9")
    await ask(connect(endpoint=endpoint), text="你好 😀")
    request = glm.requests[0]
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"] == "nonebot-plugin-glm/9.9"
    assert "你好 😀".encode() in request.raw


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("official", [True, False])
def test_usage_is_asked_for(stream: bool, official: bool) -> None:
    """自建的服务器在流里要了才报用量；智谱的不必要。"""
    body = body_of(replace(chat(), stream=stream), official=official)
    asked = body.get("stream_options") == {"include_usage": True}
    assert asked is (stream and not official)
