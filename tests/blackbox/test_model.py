"""`/glm model`：看、选、建议，主人的列表说了算，重启不忘。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from .conftest import SUPERUSER, Launch, Tune
from .test_commands import glm_says

USER = 971


async def test_model(qq: QQ, glm: FakeGLM) -> None:
    """看、选、回到默认；大小写不论；下一问就生效。"""
    assert "正在用 glm-4.7-flash" in await glm_says(qq, "model")
    assert "glm-4.6" in await glm_says(qq, "model GLM-4.6")
    await qq.talk(USER, "问")
    assert glm.chats[-1]["model"] == "glm-4.6"
    assert "正在用 glm-4.6" in await glm_says(qq, "model")
    await qq.talk(USER + 1, "问")
    assert glm.chats[-1]["model"] == "glm-4.7-flash"
    await glm_says(qq, "model default")
    await qq.talk(USER, "问")
    assert glm.chats[-1]["model"] == "glm-4.7-flash"


@pytest.mark.parametrize("name", ["glm4.7", "glm-4.7-flahs", "4.7-flash"])
async def test_unknown_model_gets_suggestions(qq: QQ, glm: FakeGLM, name: str) -> None:
    """打错的名字得到最近的几个，模型不变。"""
    assert "glm-4.7" in await glm_says(qq, f"model {name}")
    await qq.talk(USER, "问")
    assert glm.chats[-1]["model"] == "glm-4.7-flash"


async def test_forced_thinking_model(qq: QQ, glm: FakeGLM) -> None:
    """关不掉思考的模型用最低一档，人只看到回答。"""
    await glm_says(qq, "model glm-5.3")
    assert (await qq.talk(USER, "问")).text == "收到：问"
    assert glm.chats[-1].get("reasoning_effort") == "low"
    assert "thinking" not in glm.chats[-1]


async def test_choices_survive_a_restart(launch: Launch, glm: FakeGLM) -> None:
    """选择的模型、思考方式与全局默认，SIGKILL 之后都还在。"""
    bot = await launch()
    qq = await bot.connect()
    await glm_says(qq, "model glm-4.6")
    await glm_says(qq, "think on")
    await glm_says(qq, "model glm-4.5-air --global", SUPERUSER)
    await bot.kill()
    await bot.start()
    qq = await bot.connect()
    await qq.talk(USER, "问")
    assert glm.chats[-1]["model"] == "glm-4.6"
    assert glm.chats[-1]["thinking"] == {"type": "enabled"}
    await qq.talk(USER + 1, "问")
    assert glm.chats[-1]["model"] == "glm-4.5-air"
    await glm_says(qq, "model default --global", SUPERUSER)
    await qq.talk(USER + 1, "问")
    assert glm.chats[-1]["model"] == "glm-4.7-flash"


async def test_owners_list(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """主人列出的模型说了算：列出来的才能选，没听说过的也行。"""
    await tune(GLM_MODELS="my-model，glm-4.6", GLM_MODEL="glm-4.5-air")
    told = await glm_says(qq, "model")
    assert "my-model" in told
    assert "glm-5.3" not in told
    assert "没有 glm-5.3" in await glm_says(qq, "model glm-5.3")
    assert "my-model" in await glm_says(qq, "model my-model")
    assert "GLM_MODEL" in (await qq.talk(USER, "问")).text
    assert glm.chats[-1]["model"] == "my-model"
    await glm_says(qq, "model default")
    await qq.talk(USER, "问")
    assert glm.chats[-1]["model"] == "glm-4.5-air"
