"""主人管机器人：不重启就改设置，自检。"""

from __future__ import annotations

import time

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from .conftest import API_KEY, SUPERUSER, Launch

GROUP, USER = 980, 981


async def owner(qq: QQ, command: str) -> str:
    """主人在私聊里用命令，返回回话。"""
    return (await qq.talk(SUPERUSER, f"/glm {command}")).text


async def test_settings_change_at_once_and_stay(launch: Launch, glm: FakeGLM) -> None:
    """改了的下一问就生效，重启后也是，撤了回到原样；密钥从不显示。"""
    bot = await launch(GLM_SYSTEM_PROMPT="你是猫。", GLM_MAX_RETRIES="0")
    qq = await bot.connect()
    for command in (
        "config GLM_SYSTEM_PROMPT 你是狗。",
        "config temperature=0.5",
        "config GLM_FALLBACK_MODELS glm-4.5-flash",
        "config GLM_RATE_LIMIT 2/60s",
        "config GLM_CONTEXT_MESSAGES 5",
        "config GLM_MESSAGE_CHARS 100",
        "config GLM_GROUP_SCOPE member",
    ):
        assert "已经生效" in await owner(qq, command)
    assert "应不大于 1" in await owner(qq, "config temperature 3")
    glm.busy["glm-4.7-flash"] = 1.0
    await qq.group(GROUP, USER, "闲聊一句")
    await qq.call(GROUP, USER, "问")
    body = glm.chats[-1]
    assert (body["model"], body["temperature"]) == ("glm-4.5-flash", 0.5)
    assert body["messages"][0]["content"].startswith("你是狗。")
    assert "闲聊一句" in body["messages"][-1]["content"]
    assert "⟦9" not in body["messages"][-1]["content"]
    await qq.call(GROUP, USER, "再问")
    assert "太快" in (await qq.call(GROUP, USER, "又问")).text
    glm.busy.clear()
    await owner(qq, "config all")
    everything = str(qq.calls[-1])
    assert "GLM_TEMPERATURE=0.5" in everything
    assert "GLM_API_KEY=已设置（" in everything
    assert API_KEY[:6] not in everything
    assert "只有超级用户" in (await qq.talk(USER, "/glm config")).text
    await bot.stop()
    await bot.start()
    qq = await bot.connect()
    assert "GLM_TEMPERATURE=0.5（用命令改的）" in await owner(qq, "config")
    await qq.talk(USER, "还记得吗")
    assert glm.chats[-1]["temperature"] == 0.5
    for key in ("temperature", "GLM_SYSTEM_PROMPT"):
        assert "回到 .env 里的了" in await owner(qq, f"config {key} default")
    await qq.talk(USER, "撤了")
    assert "temperature" not in glm.chats[-1]
    assert glm.chats[-1]["messages"][0]["content"] == "你是猫。"


def faults(told: str) -> list[str]:
    """看出的不好的，连着排在开头的标题之后；这台机器有没有中文字体，与机器人无关。"""
    title, *lines = told.splitlines()
    bad = [line for line in lines if not line.startswith("✓")]
    assert title == (f"有 {len(bad)} 处要看：" if bad else "一切正常。")
    assert lines[: len(bad)] == bad
    return [line for line in bad if not line.startswith("！ 字体")]


async def test_doctor(qq: QQ, glm: FakeGLM) -> None:
    """好的时候一切正常；密钥坏了、钟差半小时，坏的在前，说怎样治。"""
    version = {"app_name": "NapCat.Onebot", "app_version": "4.8.98"}

    def respond(action: str, params: object) -> dict[str, object] | None:
        if action != "get_version_info":
            return None
        return {"status": "ok", "retcode": 0, "data": version}

    qq.respond = respond
    start = time.monotonic()
    told = await owner(qq, "doctor")
    assert faults(told) == []
    assert "✓ 客户端：NapCat.Onebot 4.8.98，会合并转发" in told
    assert time.monotonic() - start < 8
    glm.clock_skew = -1800
    glm.revoked.add(API_KEY)
    told = await owner(qq, "doctor")
    clock, key = faults(told)
    assert clock.startswith("✗ 时钟：快了 30 分钟")
    assert key.startswith("✗ 密钥：GLM 不认它")
    assert API_KEY[:6] not in told
    assert "只有超级用户" in (await qq.talk(USER, "/glm doctor")).text
