"""请求体检查的测试。"""

import json
from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM

from .talk import CHAT, ask, assistant, content_of, error_of, system, user

IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
LINK = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
TEXT = {"type": "text", "text": "看图"}


@pytest.mark.parametrize(
    "messages",
    [
        [],
        "你好",
        {},
        ["你好"],
        [{}],
        [{"content": "你好"}],
        [{"role": "developer", "content": "你好"}],
        [{"role": ["user"], "content": "你好"}],
        [user("")],
        [user(" \n\u3000")],
        [{"role": "user"}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": 1}],
        [{"role": "user", "content": []}],
        [{"role": "user", "content": [{"type": "text", "text": " "}]}],
        [{"role": "user", "content": [{"type": "smell"}]}],
        [{"role": "user", "content": ["你好"]}],
        [system("规矩")],
        [assistant("在")],
        [user("一"), user("二")],
        [user("一"), assistant("二")],
        [assistant("一"), user("二")],
        [user("一"), assistant(""), user("二")],
        [user("一"), assistant("二"), assistant("三"), user("四")],
        [user("一"), system("规矩"), user("二")],
        [user("一"), assistant("二"), user("三"), system("规矩")],
        [user("一"), {"role": "tool", "content": "二"}, user("三")],
        [{"role": "assistant", "content": [TEXT]}, user("二")],
    ],
)
async def test_bad_messages(
    glm: FakeGLM,
    http: httpx.AsyncClient,
    messages: Any,
) -> None:
    """不合规的 messages 一律 1214，并记进 invalid。"""
    response = await ask(http, messages=messages)
    assert error_of(response) == (400, "1214")
    assert len(glm.invalid) == 1
    assert glm.invalid[0][0] == glm.chats[0]


@pytest.mark.parametrize(
    "messages",
    [
        [user("一")],
        [system("规矩"), user("一")],
        [system("规矩"), system("再一条"), user("一")],
        [user("一"), assistant("二"), user("三")],
        [user("一"), assistant("二"), user("三"), assistant("四"), user("五")],
        [{"role": "user", "content": [TEXT]}],
        [{"role": "user", "content": "一", "name": "小明", "extra": 1}],
    ],
)
async def test_good_messages(
    glm: FakeGLM, http: httpx.AsyncClient, messages: list[Any]
) -> None:
    """合规的 messages 得到回答。"""
    response = await ask(http, messages=messages)
    assert response.status_code == 200
    assert content_of(response).startswith("收到：")
    assert glm.invalid == []


async def test_messages_of_refusals(http: httpx.AsyncClient) -> None:
    """三种拒绝的文案与抓包一致。"""
    response = await ask(http, model="glm-4.5-air", max_tokens=98305)
    assert response.text == (
        '{"error":{"code":"1210",'
        '"message":"max_tokens参数非法：限制数值范围[1,98304]"}}'
    )
    response = await ask(http, messages=[user("一"), user("二")])
    assert response.json()["error"]["message"] == "messages 参数非法。请检查文档。"
    response = await ask(http, messages=[{"role": "robot", "content": "一"}])
    assert response.json()["error"]["message"] == "Incorrect role information"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"\xff"',
        b'{"model":"glm-4.7-flash","messages":[{"role":"user","content":"\\ud800"}]}',
        b'{"model":"glm-4.7-flash","temperature":NaN}',
        b"[" * 100_000,
    ],
)
async def test_bad_json(glm: FakeGLM, http: httpx.AsyncClient, raw: bytes) -> None:
    """不是合法 JSON 对象（含孤立代理字符）的请求体回 1214。"""
    response = await http.post(CHAT, content=raw)
    assert error_of(response) == (400, "1214")
    assert len(glm.invalid) == 1
    assert glm.requests[0].raw == raw
    assert glm.chats == []


async def test_emoji_is_not_a_lone_surrogate(http: httpx.AsyncClient) -> None:
    """成对的代理转义就是普通表情。"""
    raw = json.dumps({"model": "glm-4.7-flash", "messages": [user("😀")]})
    assert "\\ud83d" in raw
    response = await http.post(CHAT, content=raw)
    assert content_of(response) == "收到：😀"


@pytest.mark.parametrize(
    ("model", "parts", "code"),
    [
        ("glm-4.6v-flash", [TEXT, IMAGE], ""),
        ("glm-5.3-flash", [IMAGE, LINK, TEXT], ""),
        ("glm-4v-flash", [TEXT, LINK], ""),
        ("glm-4v-flash", [TEXT, IMAGE], "1214"),
        ("glm-4v-flash", [TEXT, LINK, LINK], "1214"),
        ("glm-4.6v-flash", [TEXT, {"type": "image_url"}], "1214"),
        ("glm-4.7-flash", [TEXT, IMAGE], "1210"),
    ],
)
async def test_images(
    http: httpx.AsyncClient, model: str, parts: list[Any], code: str
) -> None:
    """图片只给看图的模型，数量与形式各有限制。"""
    message = {"role": "user", "content": parts}
    response = await ask(http, model=model, messages=[message], thinking=None)
    assert (response.status_code == 200) is (code == "")
    if code:
        assert error_of(response) == (400, code)
    if code == "1210":
        text = response.json()["error"]["message"]
        assert text == "messages.content.type 参数非法，取值范围 ['text']"


async def test_context_limit(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """超过窗口回 1261，恰好等于窗口放行。"""
    glm.context_limits["glm-4.7-flash"] = 10
    assert (await ask(http, "字" * 9 + "abcd")).status_code == 200
    response = await ask(http, "字" * 9 + "abcde")
    assert error_of(response) == (400, "1261")
    assert response.json()["error"]["message"] == "Prompt exceeds max length"
    assert glm.invalid == []


async def test_context_of_model(http: httpx.AsyncClient) -> None:
    """没有改写时用模型自己的窗口。"""
    response = await ask(http, "字" * 8001, model="glm-4-airx")
    assert error_of(response) == (400, "1261")
