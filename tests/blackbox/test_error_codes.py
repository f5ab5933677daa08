"""每个错误码：一句人话，超级用户看得到码，请求数不多不少，下一问照常。"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import CODES, Error, ErrorIn200, Fault, Flat, StreamError
from tests.real_bot import QQ, BotProcess, Sent, fragments

from .conftest import API_KEY, PLUGINS, SUPERUSER, check_log, settings_for

MEMBER = 501
RETRIED = {"500", "1100", "1120", "1200", "1230", "1234", "1302", "1303", "1305"}
RETRIED |= {"1312", "1701"}
RESIGNED = {"1003"}
"""令牌过期，重签一次再试。"""
BLAMED = {f"100{n}" for n in range(6)} | {"1110", "1111", "1112", "1113", "1121"}
BLAMED |= {f"13{n:02}" for n in (8, 9, 10, *range(13, 22))}
"""怪密钥的：私聊告诉超级用户一次，哪怕两个人都失败了。"""
NOTICE = "没有别的密钥可换"
UGLY = re.compile(r"Error|[{}<>]|Traceback|https?:|\bNone\b|[a-z_]+Exception")


@pytest.fixture(scope="session")
async def quick_bot(
    server: FakeGLM, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """只重试一次、不换模型的机器人。"""
    settings = settings_for(server, GLM_MAX_RETRIES="1", GLM_FALLBACK_MODELS="[]")
    directory = tmp_path_factory.mktemp("quick")
    async with BotProcess(directory, settings, PLUGINS) as process:
        yield process
    check_log(process)


_self_ids = iter(range(50_001, 60_000))


@pytest.fixture
async def quick(quick_bot: BotProcess, glm: FakeGLM) -> AsyncIterator[QQ]:
    """连着它的新账号。"""
    client = await quick_bot.connect(next(_self_ids))
    yield client
    await client.close()


def check_sentence(sent: Sent) -> None:
    """一句给人看的中文。"""
    assert re.search(r"[\u4e00-\u9fff].*[。）]$", sent.text), sent.text
    assert "\n" not in sent.text
    assert not UGLY.search(sent.text), sent.text
    assert not any(piece in sent.text for piece in fragments([API_KEY]))


async def fail_twice(
    qq: QQ, glm: FakeGLM, fault: Fault, code: str = ""
) -> tuple[Sent, Sent, int]:
    """成员与超级用户同时各问一次都失败，之后都能正常再问。

    返回给成员的话、给超级用户的话、每一问的请求数。
    """
    glm.always(fault)
    for user in (MEMBER, SUPERUSER):
        await qq.private(user, "会失败的问题")
    heard = await qq.collect(3 if code in BLAMED else 2)
    notices = [sent for sent in heard if NOTICE in sent.text]
    assert [sent.user_id for sent in notices] == [SUPERUSER] * (len(heard) - 2)
    told = {sent.user_id: sent for sent in heard if sent not in notices}
    requests = len(glm.chats)
    glm.always(None)
    assert requests % 2 == 0
    for user in (MEMBER, SUPERUSER):
        check_sentence(told[user])
        assert (await qq.talk(user, "再问")).text == "收到：再问"
        assert [m["content"] for m in glm.chats[-1]["messages"][1:]] == ["再问"]
    assert await qq.silence(0.05)
    return told[MEMBER], told[SUPERUSER], requests // 2


@pytest.mark.row(8, 9)
@pytest.mark.parametrize("code", CODES)
async def test_every_code(quick: QQ, glm: FakeGLM, code: str) -> None:
    """普通的 HTTP 错误。"""
    for_member, for_superuser, requests = await fail_twice(
        quick, glm, Error.of(code), code
    )
    assert code not in for_member.text
    assert code in for_superuser.text
    assert requests == (2 if code in RETRIED | RESIGNED else 1)


@pytest.mark.row(11)
@pytest.mark.parametrize("code", ["1113", "1301", "1305", "1214"])
@pytest.mark.parametrize("shape", [ErrorIn200, StreamError, Flat, "numeric"])
async def test_codes_in_other_shapes(
    quick: QQ, glm: FakeGLM, code: str, shape: type | str
) -> None:
    """HTTP 200 里的、流里的、扁平的、数字的错误码与普通的一样对待。"""
    if isinstance(shape, str):
        fault: Fault = Error(400, int(code), numeric=True)
    else:
        fault = shape(int(code) if shape is Flat else code)
    for_member, for_superuser, requests = await fail_twice(quick, glm, fault, code)
    assert code not in for_member.text
    assert code in for_superuser.text
    assert requests == (2 if code in RETRIED else 1)


@pytest.mark.parametrize("code", ["1308", "1310", "1316"])
async def test_reset_time_is_told(quick: QQ, glm: FakeGLM, code: str) -> None:
    """额度何时恢复，谁都看得到。"""
    for_member, _, _ = await fail_twice(quick, glm, Error.of(code), code)
    assert "2025-12-21 15:00:05" in for_member.text


@pytest.mark.row(28)
async def test_upstream_repeating_the_key(quick: QQ, glm: FakeGLM) -> None:
    """上游的说明里重复了密钥与令牌：聊天与日志里都没有（日志由夹具检查）。"""
    await quick.talk(MEMBER, "先问一句")
    token = glm.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    for secret in (API_KEY, token, API_KEY[5:20]):
        message = f"token {secret} invalid https://open.bigmodel.cn/?key={secret}"
        glm.always(Error(401, 1000, message))
        for user in (MEMBER, SUPERUSER):
            await quick.private(user, "泄露吗")
        for sent in await quick.collect(3):
            check_sentence(sent)
            assert not any(p in sent.text for p in fragments([API_KEY, token]))
        glm.always(None)
        await quick.talk(MEMBER, "恢复了")
