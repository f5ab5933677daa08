"""思考开关的测试。"""

from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM

from .talk import OFF, ask, chunks_of, error_of, text_of

ON = {"type": "enabled"}


@pytest.mark.parametrize(
    ("model", "thinking", "thinks"),
    [
        ("glm-4.7-flash", None, True),
        ("glm-4.7-flash", ON, True),
        ("glm-4.7-flash", OFF, False),
        ("glm-5.2", OFF, False),
        ("glm-5.3", None, True),
        ("glm-5.3-flash", ON, True),
        ("glm-4-flash-250414", ON, False),
    ],
)
async def test_switch(
    glm: FakeGLM,
    http: httpx.AsyncClient,
    model: str,
    thinking: dict[str, Any] | None,
    thinks: bool,
) -> None:
    """各类模型默认是否思考、能否关闭。"""
    data = (await ask(http, "嗨", model=model, thinking=thinking)).json()
    message = data["choices"][0]["message"]
    assert message["content"] == "收到：嗨"
    assert message.get("reasoning_content") == (glm.reasoning if thinks else None)
    details = data["usage"].get("completion_tokens_details", {})
    assert bool(details.get("reasoning_tokens")) is thinks


@pytest.mark.parametrize(
    "fields",
    [
        {"thinking": OFF},
        {"reasoning_effort": "none"},
        {"reasoning_effort": "medium"},
        {"thinking": OFF, "reasoning_effort": "low"},
    ],
)
async def test_forced(http: httpx.AsyncClient, fields: dict[str, Any]) -> None:
    """glm-5.3 拒绝关闭思考，文案同抓包。"""
    response = await ask(http, **{"model": "glm-5.3", "thinking": None} | fields)
    assert error_of(response) == (400, "1210")
    text = response.json()["error"]["message"]
    assert text == "该模型始终思考，不支持关闭思考；请使用 low、high 或 max。"


@pytest.mark.parametrize("effort", ["low", "high", "max", None])
async def test_effort(http: httpx.AsyncClient, effort: str | None) -> None:
    """glm-5.3 接受三种力度。"""
    fields = {"model": "glm-5.3", "thinking": None, "reasoning_effort": effort}
    assert (await ask(http, **fields)).status_code == 200


async def test_budget_eaten(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """思考用完 max_tokens 时 content 为空、以 length 结束。"""
    glm.reasoning = "想" * 64
    data = (await ask(http, thinking=ON, max_tokens=64)).json()
    choice = data["choices"][0]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["content"] == ""
    assert choice["message"]["reasoning_content"] == "想" * 64
    assert data["usage"]["completion_tokens"] == 64
    details = data["usage"]["completion_tokens_details"]
    assert details == {"reasoning_tokens": 64}


async def test_budget_shared(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """思考剩下的额度给正文。"""
    glm.reasoning, glm.answer = "想" * 6, "答" * 6
    choice = (await ask(http, thinking=ON, max_tokens=10)).json()["choices"][0]
    assert choice["message"]["content"] == "答" * 4
    assert choice["finish_reason"] == "length"


async def test_inline(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """glm-4.1v-thinking 把思考写进 content，也关不掉。"""
    glm.reasoning = "想"
    data = (await ask(http, "嗨", model="glm-4.1v-thinking-flash")).json()
    assert data["choices"][0]["message"] == {
        "content": "<think>想</think>收到：嗨",
        "role": "assistant",
    }


async def test_stream_order(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """流里先是思考再是正文，一块只有一种。"""
    chunks = chunks_of(await ask(http, "嗨", thinking=ON, stream=True))
    assert text_of(chunks, "reasoning_content") == glm.reasoning
    assert text_of(chunks) == "收到：嗨"
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    kinds = [next(key for key in delta if key != "role") for delta in deltas]
    assert all(len(delta) == 2 for delta in deltas)
    assert kinds == sorted(kinds, reverse=True)


async def test_some_models_hide_reasoning_tokens(http: httpx.AsyncClient) -> None:
    """有的模型思考了也不报告 reasoning_tokens。"""
    data = (await ask(http, model="glm-4.5-flash", thinking=ON)).json()
    assert data["choices"][0]["message"]["reasoning_content"]
    assert "completion_tokens_details" not in data["usage"]
