"""每种故障的测试。"""

import json
from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM, faults

from .talk import ask, chunks_of, content_of, error_of, frames_of, text_of

BOTH = pytest.mark.parametrize("stream", [False, True])


@pytest.mark.parametrize("code", faults.CODES)
async def test_every_code(glm: FakeGLM, http: httpx.AsyncClient, code: str) -> None:
    """每个错误码都能发出，错误码是字符串，没有多余的键。"""
    glm.script(faults.Error.of(code))
    response = await ask(http)
    assert response.status_code >= 400
    error = response.json()["error"]
    assert list(response.json()) == ["error"]
    assert error["code"] == code
    assert error["message"]
    assert "${" not in error["message"]


@BOTH
async def test_error_options(
    glm: FakeGLM, http: httpx.AsyncClient, stream: bool
) -> None:
    """错误可以换状态码、文案、头与外层键，流式时也是普通 JSON。"""
    glm.script(
        faults.Error(
            429,
            1302,
            "慢点",
            headers={"Retry-After": "7"},
            extra={"request_id": "1"},
            numeric=True,
        ),
        faults.Error(500, None),
    )
    response = await ask(http, stream=stream)
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")
    error = {"code": 1302, "message": "慢点"}
    assert response.json() == {"error": error, "request_id": "1"}
    response = await ask(http, stream=stream)
    assert response.json() == {"error": {"message": "内部错误"}}


@BOTH
async def test_json_faults(glm: FakeGLM, http: httpx.AsyncClient, stream: bool) -> None:
    """扁平错误、200 里的错误、内容拦截与网关页面。"""
    glm.script(
        faults.Flat(1000), faults.ErrorIn200(1305), faults.Filtered("history", 2)
    )
    glm.script(faults.Html(504), faults.Raw(418, b"tea", "text/plain"))
    flat = await ask(http, stream=stream)
    assert flat.status_code == 200
    assert flat.json() == {"code": 1000, "msg": "身份验证失败。", "success": False}
    assert error_of(await ask(http, stream=stream)) == (200, "1305")
    filtered = await ask(http, stream=stream)
    assert error_of(filtered) == (400, "1301")
    assert filtered.json()["contentFilter"] == [{"level": 2, "role": "history"}]
    page = await ask(http, stream=stream)
    assert page.status_code == 504
    assert page.text.startswith("<html>")
    raw = await ask(http, stream=stream)
    assert (raw.status_code, raw.text) == (418, "tea")
    assert (await ask(http)).status_code == 200


async def test_truncated_json(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """正文完整送达却不是完整的 JSON。"""
    glm.always(faults.TruncatedJson())
    for stream in (False, True):
        response = await ask(http, stream=stream)
        assert response.status_code == 200
        text = frames_of(response)[0] if stream else response.text
        assert text.startswith("{")
        with pytest.raises(ValueError, match="column"):
            json.loads(text)


async def test_empty_choices(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """choices 为空列表，流里只有用量块。"""
    glm.always(faults.EmptyChoices())
    assert (await ask(http)).json()["choices"] == []
    chunks = chunks_of(await ask(http, stream=True))
    assert [chunk["choices"] for chunk in chunks] == [[]]


@pytest.mark.parametrize("value", [None, "", 7, [{"type": "text", "text": "甲"}]])
async def test_content(
    glm: FakeGLM,
    http: httpx.AsyncClient,
    value: Any,
) -> None:
    """content 可以是任意 JSON 值。"""
    glm.always(faults.Content(value, finish="length"))
    assert content_of(await ask(http)) == value
    chunks = chunks_of(await ask(http, stream=True))
    if value != "":
        assert chunks[0]["choices"][0]["delta"]["content"] == value
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"


async def test_content_missing(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """content 键可以完全不出现。"""
    glm.always(faults.Content(faults.MISSING))
    data = (await ask(http)).json()
    assert data["choices"][0]["message"] == {"role": "assistant"}
    chunks = chunks_of(await ask(http, stream=True))
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant"}


@pytest.mark.parametrize(
    "reason", ["length", "network_error", "model_context_window_exceeded", "新原因"]
)
async def test_finish(glm: FakeGLM, http: httpx.AsyncClient, reason: str) -> None:
    """以任意原因结束，流与非流一致。"""
    glm.always(faults.Finish(reason, "半句"))
    choice = (await ask(http)).json()["choices"][0]
    assert choice["finish_reason"] == reason
    assert choice["message"]["content"] == "半句"
    chunks = chunks_of(await ask(http, stream=True))
    assert text_of(chunks) == "半句"
    assert chunks[-1]["choices"][0]["finish_reason"] == reason


async def test_sensitive(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """被拦截的回答带 content_filter，流里没有用量。"""
    glm.always(faults.Finish("sensitive"))
    records = [{"role": "assistant", "level": 1}]
    data = (await ask(http)).json()
    assert data["content_filter"] == records
    last = chunks_of(await ask(http, stream=True))[-1]
    assert last["content_filter"] == records
    assert "usage" not in last


@BOTH
async def test_bad_bytes(glm: FakeGLM, http: httpx.AsyncClient, stream: bool) -> None:
    """正文不是合法的 UTF-8，长度却对。"""
    glm.script(faults.BadBytes())
    response = await ask(http, stream=stream)
    assert response.status_code == 200
    with pytest.raises(UnicodeDecodeError):
        response.content.decode()


async def test_huge(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """巨大的回答不受 max_tokens 限制，流里也不会碎成太多块。"""
    glm.always(faults.Huge(300_000))
    assert len(content_of(await ask(http, max_tokens=10))) == 300_000
    chunks = chunks_of(await ask(http, stream=True))
    assert len(text_of(chunks)) == 300_000
    assert len(chunks) < 100


async def test_script_order(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """编排先进先出，用完轮到 always，被拒绝的请求不消耗编排。"""
    glm.script(faults.Error.of(1302), faults.Ok("好"))
    glm.always(faults.Error.of(1305))
    assert error_of(await ask(http, model="nope")) == (400, "1211")
    assert error_of(await ask(http)) == (429, "1302")
    assert content_of(await ask(http)) == "好"
    for _ in range(2):
        assert error_of(await ask(http)) == (429, "1305")
    glm.always(None)
    assert (await ask(http)).status_code == 200


async def test_busy(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """按概率回 1305，只影响设置过的模型。"""
    glm.busy["glm-4.7-flash"] = 1.0
    assert error_of(await ask(http)) == (429, "1305")
    assert (await ask(http, model="glm-4.6")).status_code == 200
