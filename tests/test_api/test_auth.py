"""密钥写进请求头的测试。"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import count
from typing import Any

import httpx
import pytest

from nonebot_plugin_glm.api.auth import Authenticator, AuthMode
from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.exception import AuthError, MissingKeyError
from tests.fake_glm import FakeGLM, faults

from .talk import KEY, ONCE, WAYS, Connect, ask, whole

IDENTITY, SECRET = KEY.split(".")
NOW = 1_800_000_000.125


def claims_of(header: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """验过签名的令牌头与载荷；签名自己算，不靠签它的那个库。"""
    signed, _, signature = header.removeprefix("Bearer ").rpartition(".")
    digest = hmac.digest(SECRET.encode(), signed.encode(), "sha256")
    assert signature == urlsafe_b64encode(digest).rstrip(b"=").decode()
    top, payload = (json.loads(urlsafe_b64decode(p + "==")) for p in signed.split("."))
    return top, payload


@pytest.mark.parametrize("mode", ["auto", "jwt"])
def test_token(mode: AuthMode) -> None:
    """令牌照官方的写法签：HS256、SIGN、毫秒。"""
    header, payload = claims_of(Authenticator(KEY, mode, lambda: NOW).header())
    assert header == {"alg": "HS256", "sign_type": "SIGN", "typ": "JWT"}
    assert payload == {
        "api_key": IDENTITY,
        "exp": 1_800_007_200_125,
        "timestamp": 1_800_000_000_125,
    }


@pytest.mark.parametrize(
    ("elapsed", "renewed"), [(0, False), (3599, False), (3601, True), (9999, True)]
)
def test_token_is_cached_and_renewed_early(elapsed: float, renewed: bool) -> None:
    """令牌签一次用一小时，还剩一小时就换新的。"""
    moments = [NOW]
    auth = Authenticator(KEY, "auto", lambda: moments[-1])
    first = auth.header()
    moments.append(NOW + elapsed)
    assert (auth.header() != first) is renewed


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        (KEY, "bearer"),
        ("sk-cp-Zr81mPq", "auto"),
        ("sk-cp-Zr81mPq", "jwt"),
        ("one.two.three", "auto"),
        (".secret", "auto"),
        ("identity.", "auto"),
        ("with space.secret", "auto"),
    ],
)
def test_plain_bearer(key: str, mode: AuthMode) -> None:
    """要求 Bearer，或密钥不是 id.secret 的样子，就原样送出。"""
    assert Authenticator(key, mode, lambda: NOW).header() == f"Bearer {key}"


@pytest.mark.parametrize("mode", ["auto", "jwt", "bearer"])
async def test_server_accepts(glm: FakeGLM, connect: Connect, mode: AuthMode) -> None:
    """服务器认得三种方式写出的头，令牌不含密钥。"""
    assert await ask(connect(auth=mode)) == "收到：你好"
    header = glm.requests[0].headers["Authorization"]
    assert (SECRET in header) is (mode == "bearer")


@WAYS
async def test_expired_token_is_signed_afresh_once(
    glm: FakeGLM, connect: Connect, way: str
) -> None:
    """令牌被判过期就重签一次：恰好两个请求，之后沿用新的。"""
    seconds = count(NOW)
    client = connect(clock=lambda: next(seconds))
    glm.reject_tokens = 1
    assert await ask(client, way) == "收到：你好"
    assert await ask(client, way) == "收到：你好"
    headers = [request.headers["Authorization"] for request in glm.requests]
    assert len(headers) == 3
    assert headers[0] != headers[1]
    assert headers[1] == headers[2]


async def test_expired_twice_gives_up(glm: FakeGLM, connect: Connect) -> None:
    """重签的令牌仍被判过期就报告，不再试。"""
    glm.reject_tokens = 5
    with pytest.raises(AuthError) as caught:
        await ask(connect())
    assert caught.value.code == "1003"
    assert len(glm.requests) == 2


async def test_bearer_is_never_signed_afresh(glm: FakeGLM, connect: Connect) -> None:
    """直接送密钥时，过期说明密钥本身过期：只有一个请求。"""
    glm.always(faults.Error.of("1003"))
    with pytest.raises(AuthError):
        await ask(connect(auth="bearer"))
    assert len(glm.requests) == 1


async def test_revoked_key_is_not_signed_afresh(glm: FakeGLM, connect: Connect) -> None:
    """密钥被吊销时重签无益：只有一个请求。"""
    glm.revoked.add(KEY)
    with pytest.raises(AuthError) as caught:
        await ask(connect())
    assert caught.value.code == "1000"
    assert len(glm.requests) == 1


async def test_check(glm: FakeGLM, connect: Connect) -> None:
    """检查密钥只问 /models，令牌过期同样重签，吊销了就失败。"""
    client = connect()
    glm.reject_tokens = 1
    await client.check()
    assert [request.path for request in glm.requests] == ["/api/paas/v4/models"] * 2
    glm.revoked.add(KEY)
    with pytest.raises(AuthError):
        await client.check()
    assert glm.chats == []


@WAYS
async def test_missing_key(glm: FakeGLM, connect: Connect, way: str) -> None:
    """没有密钥时一个请求也不发，也不等着重试。"""
    client = connect("", fallback_models=("glm-4-flash-250414",))
    with pytest.raises(MissingKeyError, match="GLM_API_KEY"):
        await ask(client, way)
    with pytest.raises(MissingKeyError):
        await client.check()
    assert glm.requests == []


@pytest.mark.parametrize("key", ["请填写你的密钥", "编号.口令"])
async def test_chinese_key_is_the_server_s_to_refuse(
    connect: Connect, key: str
) -> None:
    """误把汉字填作密钥时，得到的是密钥无效，而不是读不懂的回应。"""
    with pytest.raises(AuthError):
        await ask(connect(key, auth="bearer", retry=ONCE))


async def test_key_is_sent_as_it_is() -> None:
    """汉字密钥以 UTF-8 送出。"""
    seen: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.extend(v for k, v in request.headers.raw if k == b"Authorization")
        return whole({"content": "好"})

    client = GLMClient("密钥", transport=httpx.MockTransport(handler))
    assert await ask(client) == "好"
    assert seen == ["Bearer 密钥".encode()]
    await client.aclose()
