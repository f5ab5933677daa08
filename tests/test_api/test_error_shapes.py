"""错误体的各种形状：纯函数，一表到底。"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.errors import blamed_role, error_from, error_in
from nonebot_plugin_glm.exception import (
    APIError,
    AuthError,
    ContentFilteredError,
    ContextTooLongError,
    InvalidRequestError,
    ModelNotFoundError,
    RateLimitError,
    ServerError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import ONCE, WAYS, Connect, ask

TOO_LONG = "This model's maximum context length is 4096 tokens."
SGLANG = "The input (9000 tokens) is longer than the model's context length"
SPRING = {"timestamp": "2026-10-10", "status": 404, "error": "Not Found", "path": "/v4"}
NGINX = "<html><body><center>nginx/1.21.6</center></body></html>"


def openai(message: str, code: object) -> dict[str, object]:
    """vLLM 一类服务器的错误体。"""
    error = {"message": message, "type": "BadRequestError", "param": None, "code": code}
    return {"error": error}


VLLM = json.dumps(openai(TOO_LONG, 400)).encode()


@pytest.mark.parametrize(
    ("status", "body", "cls", "code", "detail"),
    [
        (502, NGINX, ServerError, "", ""),
        (405, NGINX, ModelNotFoundError, "", ""),
        (413, NGINX, ContextTooLongError, "", ""),
        (500, "", ServerError, "", ""),
        (503, '{"error":', ServerError, "", ""),
        (500, "[" * 100_000, ServerError, "", ""),
        (401, "", AuthError, "", ""),
        (403, "[]", AuthError, "", ""),
        (407, "null", InvalidRequestError, "", ""),
        (302, "", InvalidRequestError, "", ""),
        (408, '"x"', RateLimitError, "", ""),
        (409, "{}", RateLimitError, "", ""),
        (429, "\udcff", RateLimitError, "", ""),
        (404, SPRING, ModelNotFoundError, "", "Not Found"),
        (404, {"detail": "Not Found"}, ModelNotFoundError, "", ""),
        (400, openai(TOO_LONG, 400), ContextTooLongError, "400", TOO_LONG),
        (400, openai("bad", None), InvalidRequestError, "", "bad"),
        (404, openai("no model", 404), ModelNotFoundError, "404", "no model"),
        (401, openai("bad", "invalid_api_key"), AuthError, "invalid_api_key", "bad"),
        (400, {"message": TOO_LONG, "code": 400}, ContextTooLongError, "400", TOO_LONG),
        (400, {"message": SGLANG}, ContextTooLongError, "", SGLANG),
        (400, {"code": 1261, "msg": "太长"}, ContextTooLongError, "1261", "太长"),
        (400, {"error": {"code": 1301}}, ContentFilteredError, "1301", ""),
        (400, {"error": {"code": 1301, "msg": {}}}, ContentFilteredError, "1301", ""),
        (500, {"error": {"code": "503", "message": "忙"}}, ServerError, "503", "忙"),
        (400, {"error": {"code": "429", "message": "忙"}}, RateLimitError, "429", "忙"),
        (400, {"error": {"code": "²"}}, InvalidRequestError, "²", ""),
        (400, {"error": {"code": "9" * 5000}}, InvalidRequestError, "9" * 40, ""),
        (400, {"error": {"code": ["x"]}}, InvalidRequestError, "", ""),
        (400, {"error": None}, InvalidRequestError, "", ""),
        (400, {"choices": [1], "error": {"code": "1113"}}, InvalidRequestError, "", ""),
    ],
)  # fmt: skip
def test_shape(
    status: int, body: object, cls: type[APIError], code: str, detail: str
) -> None:
    """不论错误体什么样子，都得到一种异常，状态照实。"""
    text = body if isinstance(body, str) else json.dumps(body)
    error = error_from(status, text.encode(errors="surrogateescape"), {})
    assert type(error) is cls
    assert (error.status, error.code, error.detail) == (status, code, detail)


@pytest.mark.parametrize(
    "data",
    [
        {"choices": []},
        {"choices": [{"delta": {}}], "error": {"code": "1113"}},
        {"choices": [], "error": None},
        {"id": "1", "usage": {}},
        [],
        None,
        "error",
    ],
)
def test_not_an_error(data: object) -> None:
    """HTTP 200 里没有错误时不无中生有。"""
    assert error_in(data) is None


def test_nested_code() -> None:
    """套得比栈还深的不是业务码，读它的人不会自己出错。"""
    nested: list[object] = []
    for _ in range(10_000):
        nested = [nested]
    for body in ({"code": nested}, {"error": {"code": nested, "message": nested}}):
        error = error_in(body, ["k" * 20], 400)
        assert isinstance(error, InvalidRequestError)
        assert (error.code, error.detail) == ("", "")


json_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)
shapes = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("code", "message", "msg", "error"), json_value)
)


@given(st.sampled_from([200, 400, 429, 500]), shapes, st.booleans(), json_value)
def test_any_json(
    status: int, data: dict[str, object], nested: bool, filters: object
) -> None:
    """任何 JSON 都不会让读错误的人自己出错，说明不超过 200 字。"""
    body = {"error": data, "contentFilter": filters} if nested else data
    error = error_in(body, ["k" * 20], status)
    if status != 200:
        assert error is not None
    if error is not None:
        assert len(error.detail) <= 200
        assert len(error.code) <= 40
        (str(error) + error.detail).encode()


@pytest.mark.parametrize(
    ("filters", "role"),
    [
        ([{"role": "user"}, {"role": "history"}], "history"),
        ([{"role": "assistant"}, {"role": "user"}], "assistant"),
        ([{"role": "system"}, {"role": ["user"]}, {"role": "user"}], "user"),
        ([{"level": 1}, "user", {"role": None}, {"role": "谁"}], ""),
        ({"role": "user"}, ""),
        (None, ""),
    ],
)
def test_blamed_role(filters: object, role: str) -> None:
    """被拦截的是谁：历史优先，读不出时为空串。"""
    assert blamed_role(filters) == role


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("0", 0.0),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(value: str, seconds: float | None, status: int) -> None:
    """`Retry-After` 只认不为负的秒数。"""
    error = error_from(status, b"", {"retry-after": value})
    assert isinstance(error, RateLimitError | ServerError)
    assert error.retry_after == seconds


@WAYS
@pytest.mark.parametrize(
    ("fault", "cls"),
    [
        (faults.Html(502), ServerError),
        (faults.Html(405), ModelNotFoundError),
        (faults.Raw(404, json.dumps(SPRING).encode()), ModelNotFoundError),
        (faults.Raw(400, VLLM), ContextTooLongError),
    ],
)
async def test_on_the_wire(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault, cls: type
) -> None:
    """网关的页面与别家的错误体经过网络也认得，HTML 不进说明。"""
    glm.always(fault)
    with pytest.raises(APIError) as caught:
        await ask(connect(retry=ONCE), way)
    assert type(caught.value) is cls
    assert "<" not in caught.value.detail


async def test_unknown_path(glm: FakeGLM, connect: Connect) -> None:
    """地址少写一截时网关回 404，`error` 是字符串。"""
    endpoint = Endpoint(base_url=glm.base_url.removesuffix("/v4"))
    with pytest.raises(ModelNotFoundError) as caught:
        await ask(connect(endpoint=endpoint, retry=ONCE))
    assert caught.value.detail == "Not Found"
