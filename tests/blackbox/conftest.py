"""共用一个机器人进程；每个测试用自己的 QQ 账号，所以彼此没有历史。"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.knobs import Knobs
from tests.real_bot import QQ, BotProcess, complaints, fragments, leaks

API_KEY = "Zx7Qw9Lk2Vb4Nm6Tr8Yp3Hs5Jd1Fg0Ac.Kq3Wz8Xc5Vt7Bn2M"
SECOND_KEY = "Pd5Hf8Ug1Ej4Ry7Ot0Ik3Ws6Qa9Zm2Xn.Lv8Bc1Gy6Ft4Dr9S"
KEYS = (API_KEY, SECOND_KEY)
PLUGINS = ("nonebot_plugin_glm", "tests.real_bot.companion")
SUPERUSER = 999
Launch = Callable[..., Awaitable[BotProcess]]
Tune = Callable[..., Awaitable[None]]

_self_ids = itertools.count(20001)
_seen_secrets: set[str] = set(KEYS)


def settings_for(glm: FakeGLM, **settings: str) -> dict[str, str]:
    """连着假 GLM 的设置，加上 `settings`。"""
    return {
        "GLM_API_KEY": API_KEY,
        "GLM_BASE_URL": glm.base_url,
        "GLM_SUMMARY": "false",  # 它会多问几次，另有测试
        "SUPERUSERS": f'["{SUPERUSER}"]',
        "NICKNAME": '["小智"]',
        # 装没装画图的库，文本的测试都一样
        "GLM_RENDER": "text",
        "GLM_SHUTDOWN_SECONDS": "0",  # 在答的不必等，另有测试
        **settings,
    }


def check_remains(bot: BotProcess) -> None:
    """进程的日志里没有异常、警告、密钥和人说的话；聊天与它存下的文件里没有密钥。"""
    found = complaints(bot.log, _seen_secrets, bot.said)
    hidden = fragments(KEYS) | _seen_secrets
    found += leaks(bot.data, hidden)
    found += [text for text in bot.heard if any(piece in text for piece in hidden)]
    assert not found, "\n".join(found[:5])


@pytest.fixture(scope="session")
async def server() -> AsyncIterator[FakeGLM]:
    """整个会话的假 GLM。"""
    async with FakeGLM(keys=KEYS) as server:
        yield server


@pytest.fixture
async def glm(server: FakeGLM) -> AsyncIterator[FakeGLM]:
    """回到初始状态的假 GLM；测试之后看它是否收到过不合规的请求。"""
    reset(server)
    yield server
    invalid = list(server.invalid)
    reset(server)
    assert not invalid


def reset(server: FakeGLM) -> None:
    """旋钮、编排与记录都回到初始。"""
    for request in server.requests:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        _seen_secrets.update({token} - {""})
    defaults = Knobs()
    for field in dataclasses.fields(Knobs):
        setattr(server, field.name, getattr(defaults, field.name))
    server.always(None)
    server.release()
    server.clear()
    server.revoked.clear()
    server.reject_tokens = 0


@pytest.fixture(scope="session")
async def bot(
    server: FakeGLM, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """默认设置的机器人，全部测试共用；最后检查它的日志。"""
    directory = tmp_path_factory.mktemp("bot")
    async with BotProcess(directory, settings_for(server), PLUGINS) as process:
        yield process
    check_remains(process)


@pytest.fixture
async def qq(bot: BotProcess, glm: FakeGLM) -> AsyncIterator[QQ]:
    """连着共用机器人的新账号。"""
    client = await bot.connect(next(_self_ids))
    yield client
    await client.close()


@pytest.fixture(scope="session")
async def quick_bot(
    server: FakeGLM, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """只重试一次、不换模型的机器人。"""
    settings = settings_for(server, GLM_MAX_RETRIES="1", GLM_FALLBACK_MODELS="[]")
    directory = tmp_path_factory.mktemp("quick")
    async with BotProcess(directory, settings, PLUGINS) as process:
        yield process
    check_remains(process)


@pytest.fixture
async def quick(quick_bot: BotProcess, glm: FakeGLM) -> AsyncIterator[QQ]:
    """连着它的新账号。"""
    client = await quick_bot.connect(next(_self_ids))
    yield client
    await client.close()


@pytest.fixture
async def tune(bot: BotProcess, glm: FakeGLM) -> AsyncIterator[Tune]:
    """改共用的机器人的设置：`await tune(GLM_MAX_QUEUE="2")`；结束时都改回去。

    主人用命令改，比另起一个机器人便宜；启动时才用的设置改不了。
    """
    owner = await bot.connect(next(_self_ids))
    changed: list[str] = []

    async def change(**settings: str) -> None:
        for name, value in settings.items():
            changed.append(name)
            told = await owner.talk(SUPERUSER, f"/glm config {name} {value}")
            assert "已经生效" in told.text, told.text

    yield change
    for name in changed:
        told = await owner.talk(SUPERUSER, f"/glm config {name} default")
        assert "回到 .env 里的了" in told.text, told.text
    await owner.close()


@pytest.fixture
async def launch(glm: FakeGLM, tmp_path: Path) -> AsyncIterator[Launch]:
    """另起一个机器人：`await launch(GLM_TIMEOUT="2")`；结束时停下并检查日志。"""
    started: list[BotProcess] = []

    async def start(**settings: str) -> BotProcess:
        directory = tmp_path / str(len(started))
        directory.mkdir()
        process = BotProcess(directory, settings_for(glm, **settings), PLUGINS)
        started.append(process)
        await process.start()
        return process

    yield start
    for process in started:
        await process.stop()
    reset(glm)
    for process in started:
        check_remains(process)
