"""异常里没有密钥，也没有令牌，哪怕上游把它们照抄回来。"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.redact import MIN_FRAGMENT
from nonebot_plugin_glm.exception import APIError, GLMError, NetworkError
from tests.fake_glm import FakeGLM

from .talk import KEY, ONCE, WAYS, Connect, ask, raw_stream

IDENTITY, SECRET = KEY.split(".")


def told(error: BaseException) -> str:
    """一个异常说得出的一切。"""
    return "\n".join([str(error), repr(error), *map(str, vars(error).values())])


def leaks(text: str, *secrets: str) -> list[str]:
    """漏出来的片段。"""
    pieces = (
        secret[i : i + MIN_FRAGMENT]
        for secret in secrets
        for i in range(len(secret) - MIN_FRAGMENT + 1)
    )
    return [piece for piece in pieces if piece in text]


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """一个异常与它的缘由，日志会一并写出。"""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def in_message(echo: str) -> object:
    """抄在说明里。"""
    return {"error": {"code": "1000", "message": f"密钥 {echo} 无效"}}


def in_code(echo: str) -> object:
    """抄在业务码里。"""
    return {"error": {"code": echo, "message": "无效"}}


def in_flat(echo: str) -> object:
    """抄在扁平的错误体里。"""
    return {"code": 401, "msg": echo}


def in_error(echo: str) -> object:
    """抄在 Spring 的错误体里。"""
    return {"status": 401, "error": echo}


def in_role(echo: str) -> object:
    """抄在内容安全的角色里。"""
    return {
        "contentFilter": [{"role": echo}],
        "error": {"code": "1301", "message": echo},
    }


SHAPES = pytest.mark.parametrize(
    "shape", [in_message, in_code, in_flat, in_error, in_role]
)


@SHAPES
@WAYS
@pytest.mark.parametrize("auth", ["jwt", "bearer"])
@pytest.mark.parametrize("status", [200, 401, 500])
async def test_upstream_repeats_the_header(
    connect: Connect,
    way: str,
    auth: str,
    status: int,
    shape: Callable[[str], object],
) -> None:
    """上游照抄请求头、密钥与密钥的一半，异常里一段也没有。"""
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        header = request.headers["Authorization"]
        sent.append(header.removeprefix("Bearer "))
        return httpx.Response(status, json=shape(f"{SECRET} {header} {KEY}"))

    client = connect(auth=auth, transport=httpx.MockTransport(handler), retry=ONCE)
    with pytest.raises(APIError) as caught:
        await ask(client, way)
    for error in chain(caught.value):
        assert leaks(told(error), KEY, *sent) == []


@SHAPES
async def test_error_frame_repeats_the_key(
    connect: Connect, shape: Callable[[str], object]
) -> None:
    """流里的错误帧照抄密钥也一样。"""
    body: dict[str, Any] = {"choices": []} | dict(shape(KEY))  # type: ignore[call-overload]
    reply = raw_stream([b"data: " + json.dumps(body).encode() + b"\n\n"])
    client = connect(transport=httpx.MockTransport(lambda _: reply), retry=ONCE)
    with pytest.raises(APIError) as caught:
        await ask(client, "streamed")
    assert leaks(told(caught.value), KEY) == []


async def test_detail_keeps_the_rest(connect: Connect) -> None:
    """抹去的只是密钥，说明的其余部分留下。"""
    reply = httpx.Response(401, json=in_message(KEY))
    client = connect(transport=httpx.MockTransport(lambda _: reply))
    with pytest.raises(APIError) as caught:
        await ask(client)
    assert caught.value.detail == "密钥 *** 无效"


async def test_detail_stays_out_of_the_text(connect: Connect) -> None:
    """上游的说明可能复述人说的话，只在 `detail` 里，不在异常文本里。"""
    reply = httpx.Response(400, json={"error": {"code": "1301", "message": "人说的话"}})
    client = connect(transport=httpx.MockTransport(lambda _: reply))
    with pytest.raises(APIError) as caught:
        await ask(client)
    assert "人说的话" not in str(caught.value) + repr(caught.value)
    assert caught.value.detail == "人说的话"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:httpx_aiohttp")
@pytest.mark.parametrize("user", ["proxyuser", "proxyuser:Vb8Nq2Xe5T"])
async def test_proxy_password(glm: FakeGLM, connect: Connect, user: str) -> None:
    """代理连不上时，异常里没有代理的账号与密码。"""
    endpoint = Endpoint(base_url=glm.base_url, proxy=f"http://{user}@127.0.0.1:1")
    with pytest.raises(NetworkError) as caught:
        await ask(connect(endpoint=endpoint, retry=ONCE))
    assert leaks(told(caught.value), *user.split(":")) == []


async def test_network_error_has_only_a_name(connect: Connect) -> None:
    """传输层的文本里有密钥也不外传，只留类名。"""

    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"连不上 {request.headers['Authorization']}")

    client = connect(auth="bearer", transport=httpx.MockTransport(handler), retry=ONCE)
    with pytest.raises(GLMError) as caught:
        await ask(client)
    assert str(caught.value) == "ConnectError"
    assert repr(caught.value) == "NetworkError(ConnectError)"
