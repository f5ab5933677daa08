"""普通对话、模型列表与记录的测试。"""

import asyncio
import json
import re
from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM, faults

from .talk import ask, assistant, content_of, error_of, user


async def test_shape(http: httpx.AsyncClient) -> None:
    """非流式响应的键与顺序同抓包，汉字不转义。"""
    response = await ask(http, "天气如何")
    data = response.json()
    assert list(data) == [
        "choices", "created", "id", "model", "object", "request_id", "usage",
    ]  # fmt: skip
    assert list(data["choices"][0]) == ["finish_reason", "index", "message"]
    assert data["choices"][0]["message"] == {
        "content": "收到：天气如何",
        "role": "assistant",
    }
    assert re.fullmatch(r"20\d{12}[0-9a-f]{16}", data["id"])
    assert data["request_id"] == data["id"]
    assert data["object"] == "chat.completion"
    assert "收到：天气如何" in response.text
    assert response.headers["content-type"] == "application/json"


async def test_usage(http: httpx.AsyncClient) -> None:
    """用量按估算给出，总数等于两者之和。"""
    usage = (await ask(http, "一二三 abcd")).json()["usage"]
    assert usage == {
        "completion_tokens": 8,
        "completion_tokens_details": {"reasoning_tokens": 0},
        "prompt_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 0},
        "total_tokens": 13,
    }


async def test_request_id_echo(http: httpx.AsyncClient) -> None:
    """自带的 request_id 原样返回，id 另生成。"""
    data = (await ask(http, request_id="my-request-1")).json()
    assert data["request_id"] == "my-request-1"
    assert data["id"] != "my-request-1"


async def test_answers(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """answer 可以是文字或函数，faults.Ok 优先。"""
    glm.answer = "固定"
    assert content_of(await ask(http)) == "固定"
    glm.answer = lambda body: f"共 {len(body['messages'])} 条"
    messages = [user("一"), assistant("二"), user("三")]
    assert content_of(await ask(http, messages=messages)) == "共 3 条"
    glm.script(faults.Ok("编排"), faults.Ok())
    assert content_of(await ask(http)) == "编排"
    assert content_of(await ask(http)) == "共 1 条"


async def test_stop_word(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """停止词之后的内容不出现。"""
    glm.answer = "甲。乙。"
    data = (await ask(http, stop=["。"])).json()["choices"][0]
    assert data["message"]["content"] == "甲"
    assert data["finish_reason"] == "stop"


async def test_max_tokens(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """回答超过 max_tokens 时截断并以 length 结束。"""
    glm.answer = "一二三四"
    data = (await ask(http, max_tokens=3)).json()["choices"][0]
    assert data["message"]["content"] == "一二三"
    assert data["finish_reason"] == "length"


async def test_models(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """模型列表不含免费模型，且要求密钥。"""
    data = (await http.get("/models")).json()
    names = [model["id"] for model in data["data"]]
    assert data["object"] == "list"
    assert "glm-5.3" in names
    assert "glm-4.7-flash" not in names
    response = await http.get("/models", headers={"Authorization": "Bearer x"})
    assert error_of(response) == (401, "1000")
    assert glm.chats == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/chat/completions"),
        ("POST", "/v1/chat/completions"),
        ("POST", "//chat/completions"),
        ("POST", "/chat/completions/"),
        ("POST", "/images/generations"),
    ],
)
async def test_unknown_path(
    glm: FakeGLM, http: httpx.AsyncClient, method: str, path: str
) -> None:
    """未知的路径或方法回 404 JSON，error 是字符串。"""
    response = await http.request(method, glm.base_url + path)
    assert response.status_code == 404
    assert response.json()["error"] == "Not Found"
    assert response.json()["path"] == f"/v4{path}"
    assert len(glm.requests) == 1


async def test_recording(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """每个请求都记下方法、路径、头与正文，clear 清空。"""
    await ask(http, "记住我")
    await http.get("/models")
    chat, models = glm.requests
    assert (chat.method, chat.path) == ("POST", "/api/paas/v4/chat/completions")
    assert (models.method, models.path) == ("GET", "/api/paas/v4/models")
    assert chat.headers["authorization"] == f"Bearer {glm.api_key}"
    assert json.loads(chat.raw) == chat.body == glm.chats[0]
    assert models.body is None
    glm.script(faults.Reset())
    glm.clear()
    assert (glm.requests, glm.chats, glm.max_in_flight) == ([], [], 0)
    assert (await ask(http)).status_code == 200


async def test_wait_for_chats(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """等待到数目够了返回，不够则超时。"""
    waiting = asyncio.create_task(glm.wait_for_chats(2))
    await ask(http)
    assert not waiting.done()
    await ask(http)
    await waiting
    with pytest.raises(TimeoutError, match="只收到 2 个"):
        await glm.wait_for_chats(3, timeout=0.01)


async def test_cache(http: httpx.AsyncClient) -> None:
    """共同前缀达到 500 token 才算命中。"""

    async def cached(text: str, **fields: Any) -> int:
        usage = (await ask(http, text, **fields)).json()["usage"]
        return usage["prompt_tokens_details"]["cached_tokens"]

    long = "长" * 600
    assert await cached(long + "一") == 0
    assert await cached(long + "二") == 600
    assert await cached("长" * 499) == 0
    assert await cached("二" + long) == 0
    assert await cached(long, model="glm-4.6") == 0


async def test_cache_over_turns(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """续谈时整段旧对话都命中，clear 之后忘记。"""
    first = [user("问" * 600)]
    longer = [*first, assistant("答"), user("再问")]
    await ask(http, messages=first)
    usage = (await ask(http, messages=longer)).json()["usage"]
    assert usage["prompt_tokens"] == 603
    assert usage["prompt_tokens_details"] == {"cached_tokens": 600}
    glm.clear()
    usage = (await ask(http, messages=longer)).json()["usage"]
    assert usage["prompt_tokens_details"] == {"cached_tokens": 0}


async def test_no_cache_on_model_without_it(http: httpx.AsyncClient) -> None:
    """不支持缓存的模型没有 prompt_tokens_details。"""
    for _ in range(2):
        response = await ask(http, "长" * 600, model="glm-4-flash-250414")
        usage = response.json()["usage"]
        assert list(usage) == ["completion_tokens", "prompt_tokens", "total_tokens"]
