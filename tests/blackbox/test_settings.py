"""设置：什么都不设、设错、限时、不用流式。"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error
from tests.real_bot import BotProcess, fragments, read_log

from .conftest import API_KEY, PLUGINS, Launch, check_remains
from .sentence import check_sentence

USER = 701


@pytest.mark.row(1)
async def test_no_configuration_at_all(tmp_path: Path) -> None:
    """什么都不设：能启动，别的插件照常，问它就说缺哪个键，命令也不出错。"""
    async with BotProcess(tmp_path, {}, PLUGINS) as bot:
        qq = await bot.connect()
        sent = await qq.talk(USER, "你好")
        check_sentence(sent.text)
        assert "GLM_API_KEY" in sent.text
        assert "GLM_API_KEY" in (await qq.call(1, USER, "你好")).text
        assert (await qq.talk(USER, "/ping")).text == "pong"
        for command in ("help", "model", "status", "undo", "retry", "stop", "reset"):
            assert (await qq.talk(USER, f"/glm {command}")).text
        assert "没有设置" in (await qq.talk(USER, "/glm status")).text
    check_remains(bot)


WRONG = {
    "GLM_TEMPERATURE": {"GLM_TEMPERATURE": "3"},
    "GLM_AUTH": {"GLM_AUTH": API_KEY},
    "GLM_TIMEOUT": {"GLM_TIMEOUT": "-1"},
    "GLM_BASE_URL": {"GLM_BASE_URL": f"ftp://{API_KEY}@x"},
}


async def test_wrong_settings_are_named(tmp_path: Path) -> None:
    """设错的键：日志说是哪一个，不带密钥；机器人没有本插件也照常。"""
    bots: dict[str, BotProcess] = {}
    for name, settings in WRONG.items():
        (tmp_path / name).mkdir()
        common = {"GLM_API_KEY": API_KEY, "BOT_LENIENT": "1"}
        bots[name] = BotProcess(tmp_path / name, {**common, **settings}, PLUGINS)
    await asyncio.gather(*(bot.start() for bot in bots.values()))
    try:
        for bot in bots.values():
            qq = await bot.connect()
            assert (await qq.talk(USER, "/ping")).text == "pong"
    finally:
        await asyncio.gather(*(bot.stop() for bot in bots.values()))
    hidden = fragments([API_KEY])
    for name, bot in bots.items():
        loud = "".join(record.text for record in read_log(bot.log) if record.loud)
        assert f"{name} 应" in loud
        assert not [piece for piece in hidden if piece in loud]


async def test_retries_count_towards_the_limit(launch: Launch, glm: FakeGLM) -> None:
    """忙的时候反复重试，也不超过整个提问的时限。"""
    bot = await launch(GLM_TIMEOUT="1", GLM_MAX_RETRIES="10")
    qq = await bot.connect()
    glm.always(Error.of(1302))
    start = time.monotonic()
    check_sentence((await qq.talk(USER, "忙吗")).text)
    assert time.monotonic() - start < 15


async def test_non_streaming(launch: Launch, glm: FakeGLM) -> None:
    """不用流式接口也一样；数值的设置收在 GLM 的范围里。"""
    bot = await launch(
        GLM_STREAM="false",
        GLM_TEMPERATURE="1",
        GLM_TOP_P="0",
        GLM_MAX_TOKENS="999999",
        GLM_SYSTEM_PROMPT="你是猫。",
    )
    qq = await bot.connect()
    assert (await qq.talk(USER, "你好")).text == "收到：你好"
    body = glm.chats[-1]
    assert body["stream"] is False
    assert 0 < body["temperature"] < 1
    assert 0 < body["top_p"] < 1
    assert body["max_tokens"] <= 131072
    assert body["messages"][0] == {"role": "system", "content": "你是猫。"}
