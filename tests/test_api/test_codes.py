"""业务码表的测试：每个码、每种到达的方式。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.errors import CODES
from nonebot_plugin_glm.exception import (
    APIError,
    AuthError,
    ContentFilteredError,
    ContextTooLongError,
    InvalidMessagesError,
    InvalidRequestError,
    ModelNotFoundError,
    QuotaError,
    RateLimitError,
    ServerError,
)
from tests.fake_glm import FakeGLM, faults
from tests.fake_glm.codes import message_of, status_of

from .talk import ONCE, WAYS, Connect, ask

BY_CLASS: dict[type[APIError], str] = {
    AuthError: "1000 1001 1002 1003 1004 1005 1110 1111 1112 1121 1220",
    QuotaError: "1113 1304 1308 1309 1310 1313 1314 1315 1316 1317 1318 1319 1320 1321",
    RateLimitError: "1302 1303 1305 1312 1701",
    ContentFilteredError: "1300 1301",
    ContextTooLongError: "1261",
    InvalidMessagesError: "1214",
    ModelNotFoundError: "1211 1212 1221 1222 1311",
    InvalidRequestError: "1210 1213 1215 1231 1233 1702 1703 10001",
    ServerError: "500 1100 1120 1200 1230 1234",
}
EXPECTED = {code: cls for cls, codes in BY_CLASS.items() for code in codes.split()}
ON_HTTP_200 = EXPECTED | dict.fromkeys(("1702", "1703", "10001"), ServerError)
LIMITS = ("1308", "1310", "1316", "1317", "1318", "1319", "1320", "1321")


def test_every_code_is_expected() -> None:
    """表里不缺、也不多任何一个码。"""
    assert set(faults.CODES) == set(EXPECTED)
    assert set(CODES) <= set(EXPECTED)


@pytest.mark.parametrize("numeric", [False, True])
@pytest.mark.parametrize("code", faults.CODES)
async def test_code(glm: FakeGLM, connect: Connect, code: str, numeric: bool) -> None:
    """每个码不论写成文本还是数字都得到该有的异常，带着状态、码与说明。"""
    glm.always(faults.Error(status_of(code), code, numeric=numeric))
    with pytest.raises(APIError) as caught:
        await ask(connect(auth="bearer", retry=ONCE))
    error = caught.value
    assert type(error) is EXPECTED[code]
    assert (error.status, error.code) == (status_of(code), code)
    assert error.detail == message_of(code)
    assert str(error) == f"HTTP {error.status}，业务码 {code}"


@WAYS
@pytest.mark.parametrize("code", faults.CODES)
async def test_code_in_http_200(
    glm: FakeGLM, connect: Connect, code: str, way: str
) -> None:
    """错误装在 HTTP 200 里也一样认得，流里的错误帧同样。"""
    glm.script(faults.ErrorIn200(code), faults.StreamError(code))
    client = connect(retry=ONCE)
    for _ in range(2):
        with pytest.raises(APIError) as caught:
            await ask(client, way)
        assert type(caught.value) is ON_HTTP_200[code]
        assert (caught.value.status, caught.value.code) == (200, code)


@WAYS
@pytest.mark.parametrize(
    ("code", "status", "cls"),
    [
        (1000, 200, AuthError),
        (401, 200, AuthError),
        (1305, 200, RateLimitError),
        (1233, 400, InvalidRequestError),
        (1113, 429, QuotaError),
    ],
)
async def test_flat(
    glm: FakeGLM, connect: Connect, way: str, code: int, status: int, cls: type
) -> None:
    """扁平的错误体也认得。"""
    glm.always(faults.Flat(code, status))
    with pytest.raises(APIError) as caught:
        await ask(connect(retry=ONCE), way)
    assert type(caught.value) is cls
    assert caught.value.code == str(code)


@pytest.mark.parametrize("code", LIMITS)
async def test_reset_time(glm: FakeGLM, connect: Connect, code: str) -> None:
    """用量到顶的错误带着恢复时间。"""
    glm.always(faults.Error.of(code))
    with pytest.raises(QuotaError) as caught:
        await ask(connect())
    assert caught.value.reset_at == "2025-12-21 15:00:05"


async def test_reset_time_in_english(glm: FakeGLM, connect: Connect) -> None:
    """国际站的说明里也读得出恢复时间，没有时是空串。"""
    text = (
        "Usage limit reached for 5 hour. Your limit will reset at 2026-05-25 19:22:49"
    )
    glm.script(faults.Error.of("1308", text), faults.Error.of("1113"))
    client = connect()
    for moment in ("2026-05-25 19:22:49", ""):
        with pytest.raises(QuotaError) as caught:
            await ask(client)
        assert caught.value.reset_at == moment


@pytest.mark.parametrize("role", ["user", "assistant", "history"])
@pytest.mark.parametrize("status", [400, 200])
async def test_filtered(glm: FakeGLM, connect: Connect, role: str, status: int) -> None:
    """内容被拦截时知道是谁的内容。"""
    glm.always(faults.Filtered(role, status=status))
    with pytest.raises(ContentFilteredError) as caught:
        await ask(connect())
    assert caught.value.role == role
    assert len(glm.chats) == 1
