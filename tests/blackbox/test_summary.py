"""长会话：快装不下的写成摘要，跟着提问带上；花了多少看得到。"""

from __future__ import annotations

from typing import Any

from nonebot_plugin_glm.conversation.summary import summary_messages
from tests.fake_glm import FakeGLM

from .conftest import Launch

ALICE = 1601
FACT = "我的猫叫阿橘"
TASK = summary_messages("", [])[0].content


def writes(body: dict[str, Any]) -> str:
    """会写摘要、会答猫叫什么的模型。"""
    seen = "".join(message["content"] for message in body["messages"])
    if body["messages"][0]["content"] == TASK:
        return FACT if FACT in seen else "没什么要紧的"
    if body["messages"][-1]["content"] == "我的猫叫什么":
        return "阿橘" if FACT in seen else "不知道"
    return "好的，记住了。" * 10


async def test_summary_survives_a_kill(launch: Launch, glm: FakeGLM) -> None:
    """说过的事离开窗口之后还记得，杀掉重启也是；重置之后不记得，账还在。"""
    glm.answer = writes
    settings = {"GLM_SUMMARY": "true", "GLM_CONTEXT_TOKENS": "900"}
    bot = await launch(**settings)
    qq = await bot.connect()
    await qq.talk(ALICE, FACT)
    for number in range(15):
        await qq.talk(ALICE, f"第{number}件小事")
    await bot.kill()
    await bot.start()
    qq = await bot.connect()
    assert (await qq.talk(ALICE, "我的猫叫什么")).text == "阿橘"
    window = glm.chats[-1]["messages"][1:]
    assert not any(FACT in message["content"] for message in window)
    await qq.talk(ALICE, "/glm reset")
    assert (await qq.talk(ALICE, "我的猫叫什么")).text == "不知道"
    told = (await qq.talk(ALICE, "/glm usage")).text
    assert "18 次" in told
