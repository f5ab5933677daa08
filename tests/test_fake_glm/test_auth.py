"""鉴权的测试。"""

import asyncio
import time
from collections import Counter
from typing import Any

import httpx
import jwt
import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error

from .talk import CHAT, body, error_of

pytestmark = pytest.mark.filterwarnings("ignore:The HMAC key is:UserWarning")


def sign(
    key: str,
    *,
    life: float = 60_000,
    unit: int = 1000,
    sign_type: str | None = "SIGN",
    **claims: Any,
) -> str:
    """按官方办法签一个 JWT，life 的单位是毫秒。"""
    identity, secret = key.split(".")
    now = round(time.time() * unit)
    payload = {"api_key": identity, "exp": now + int(life), "timestamp": now, **claims}
    headers = {"alg": "HS256", "sign_type": sign_type}
    return jwt.encode(payload, secret, algorithm="HS256", headers=headers)


async def answer_to(
    http: httpx.AsyncClient, authorization: str | None
) -> tuple[int, str]:
    """用给定的 Authorization 头对话，返回状态码与错误码。"""
    del http.headers["Authorization"]
    headers = {} if authorization is None else {"Authorization": authorization}
    response = await http.post(CHAT, json=body(), headers=headers)
    http.headers["Authorization"] = "unused"
    return (200, "") if response.status_code == 200 else error_of(response)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Bearer {key}", (200, "")),
        ("{key}", (200, "")),
        (None, (401, "1001")),
        ("Bearer", (401, "1001")),
        ("Bearer {key}x", (401, "1000")),
        ("Bearer{key}", (401, "1000")),
        ("Basic {key}", (401, "1000")),
        ("Bearer a.b.c", (401, "1000")),
    ],
)
async def test_raw_key(
    glm: FakeGLM,
    http: httpx.AsyncClient,
    template: str | None,
    expected: tuple[int, str],
) -> None:
    """原始密钥带不带 Bearer 都行，缺失与错误各有错误码。"""
    header = None if template is None else template.format(key=glm.api_key)
    assert await answer_to(http, header) == expected
    assert len(glm.requests) == 1
    assert len(glm.chats) == 1


@pytest.mark.parametrize("prefix", ["Bearer ", ""])
async def test_token(glm: FakeGLM, http: httpx.AsyncClient, prefix: str) -> None:
    """正确签名的 JWT 放行。"""
    assert await answer_to(http, prefix + sign(glm.api_key)) == (200, "")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"life": -1}, "1003"),
        ({"unit": 1}, "1003"),
        ({"api_key": "f" * 32}, "1000"),
        ({"sign_type": None}, "1000"),
        ({"timestamp": None}, "1000"),
        ({"exp": "soon"}, "1000"),
    ],
)
async def test_bad_token(
    glm: FakeGLM, http: httpx.AsyncClient, changes: dict[str, Any], code: str
) -> None:
    """过期（含误用秒）回 1003，声明不对回 1000。"""
    token = sign(glm.api_key, **changes)
    assert await answer_to(http, f"Bearer {token}") == (401, code)


async def test_token_with_wrong_secret(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """签名不对的 JWT 回 1000。"""
    token = sign(glm.api_key.split(".")[0] + ".0000000000000000")
    assert await answer_to(http, f"Bearer {token}") == (401, "1000")


async def test_rejected_tokens(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """reject_tokens 只影响接下来的几个 JWT，不影响原始密钥。"""
    glm.reject_tokens = 1
    assert await answer_to(http, f"Bearer {glm.api_key}") == (200, "")
    token = f"Bearer {sign(glm.api_key)}"
    assert await answer_to(http, token) == (401, "1003")
    assert await answer_to(http, token) == (200, "")
    assert glm.reject_tokens == 0


async def test_revoked_key(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """吊销的密钥与用它签的 JWT 都回 1000。"""
    glm.revoked.add(glm.api_key)
    assert await answer_to(http, f"Bearer {glm.api_key}") == (401, "1000")
    assert await answer_to(http, f"Bearer {sign(glm.api_key)}") == (401, "1000")


async def test_own_keys() -> None:
    """可以自带几把密钥。"""
    keys = [f"{digit * 32}.{digit * 16}" for digit in "12"]
    async with FakeGLM(keys=keys) as glm, httpx.AsyncClient(trust_env=False) as http:
        assert glm.api_key == keys[0]
        for key in keys:
            headers = {"Authorization": f"Bearer {key}"}
            response = await http.get(f"{glm.base_url}/models", headers=headers)
            assert response.status_code == 200


async def test_keys_are_told_apart() -> None:
    """每个密钥有自己的并发与故障；吊销了的也认得是谁的。"""
    keys = ("first.0123456789abcdef", "second.0123456789abcdef")
    async with FakeGLM(keys=keys) as glm:
        headers = [f"Bearer {keys[0]}", f"Bearer {sign(keys[1])}"]
        async with httpx.AsyncClient(base_url=glm.base_url, trust_env=False) as http:

            async def ask(number: int) -> int:
                header = {"Authorization": headers[number]}
                return (await http.post(CHAT, json=body(), headers=header)).status_code

            glm.concurrency["glm-4.7-flash"] = 1
            glm.hold()
            asking = asyncio.gather(*(ask(n) for n in (0, 1, 0, 1)))
            await glm.wait_for_chats(4)
            glm.release()
            statuses = await asking
            assert sorted(statuses) == [200, 200, 429, 429]
            glm.key_faults[keys[1]] = Error.of(1113)
            glm.revoked.add(keys[0])
            assert [await ask(0), await ask(1)] == [401, 429]
        used = [glm.key_of(request) for request in glm.requests]
        assert Counter(used) == {keys[0]: 3, keys[1]: 3}
