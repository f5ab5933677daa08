"""请求体其他字段检查的测试。"""

from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM

from .talk import ask, error_of

TOOL = {"type": "function", "function": {"name": "now", "description": "时间"}}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model": None}, "1213"),
        ({"messages": None}, "1213"),
        ({"model": "gpt-4"}, "1211"),
        ({"model": "GLM-4.7-Flash"}, "1211"),
        ({"model": ["glm-4.7-flash"]}, "1211"),
        ({"temperature": -0.1}, "1214"),
        ({"temperature": 1.01}, "1214"),
        ({"temperature": True}, "1214"),
        ({"temperature": "0.5"}, "1214"),
        ({"top_p": 0}, "1214"),
        ({"top_p": 1.5}, "1214"),
        ({"max_tokens": 0}, "1210"),
        ({"max_tokens": 131073}, "1210"),
        ({"max_tokens": 1.5}, "1210"),
        ({"max_tokens": True}, "1210"),
        ({"stop": "完"}, "1214"),
        ({"stop": ["完", "了"]}, "1214"),
        ({"stop": [""]}, "1214"),
        ({"user_id": "12345"}, "1214"),
        ({"user_id": "a" * 129}, "1214"),
        ({"user_id": 123456}, "1214"),
        ({"request_id": "short"}, "1214"),
        ({"stream": "true"}, "1214"),
        ({"do_sample": 1}, "1214"),
        ({"thinking": "disabled"}, "1214"),
        ({"thinking": {"type": "auto"}}, "1214"),
        ({"reasoning_effort": "huge"}, "1214"),
        ({"response_format": {"type": "json_schema"}}, "1214"),
        ({"tool_choice": "none"}, "1214"),
        ({"tools": [{"type": "magic"}]}, "1214"),
        ({"tools": [{"type": "function", "function": {"name": "时间"}}]}, "1214"),
        ({"tools": [TOOL] * 129}, "1214"),
    ],
)
async def test_bad_fields(
    glm: FakeGLM, http: httpx.AsyncClient, fields: dict[str, Any], code: str
) -> None:
    """各字段不合规时的错误码，invalid 只记 1213 与 1214。"""
    assert error_of(await ask(http, **fields)) == (400, code)
    assert bool(glm.invalid) is (code in ("1213", "1214"))


@pytest.mark.parametrize(
    "fields",
    [
        {"temperature": 0, "top_p": 0.01},
        {"temperature": 1.0, "top_p": 1},
        {"max_tokens": 131072},
        {"stop": []},
        {"user_id": "qq_123"},
        {"request_id": "a" * 64},
        {"tools": [TOOL], "tool_choice": "auto"},
        {"response_format": {"type": "json_object"}},
        {"thinking": None, "response_format": None, "stream": None, "stop": None},
        {"n": 3, "seed": "x", "stream_options": {"include_usage": True}},
    ],
)
async def test_good_fields(
    glm: FakeGLM, http: httpx.AsyncClient, fields: dict[str, Any]
) -> None:
    """边界值、null 与未知字段都放行。"""
    response = await ask(http, **fields)
    assert response.status_code == 200
    assert glm.invalid == []
