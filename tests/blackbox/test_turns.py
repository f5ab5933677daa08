"""撤回、重答与再发一次。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error
from tests.real_bot import QQ

from .test_commands import glm_says

USER = 971


async def test_undo(qq: QQ, glm: FakeGLM) -> None:
    """撤回最后一轮，一次一轮，没有了就说没有。"""
    for number in range(2):
        await qq.talk(USER, f"第{number}问")
    assert "已忘记" in await glm_says(qq, "undo")
    await qq.talk(USER, "新问")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["第0问", "收到：第0问", "新问"]
    await glm_says(qq, "undo")
    await glm_says(qq, "undo")
    assert "没有" in await glm_says(qq, "undo")
    await qq.talk(USER, "从头")
    assert len(glm.chats[-1]["messages"]) == 2


async def test_retry_after_success(qq: QQ, glm: FakeGLM) -> None:
    """重答最后一问：旧的回答被取代。"""
    for number in range(2):
        await qq.talk(USER, f"第{number}问")
    glm.answer = "换个答法"
    assert await glm_says(qq, "retry") == "换个答法"
    assert glm.chats[-1]["messages"][1:] == glm.chats[1]["messages"][1:]
    await qq.talk(USER, "新问")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["第0问", "收到：第0问", "第1问", "换个答法", "新问"]


async def test_retry_after_failure(qq: QQ, glm: FakeGLM) -> None:
    """失败的提问可以重答；重答又失败，旧的也不丢。"""
    await qq.talk(USER, "答过的")
    glm.script(Error.of(1211), Error.of(1211))
    await qq.talk(USER, "失败的")
    await glm_says(qq, "retry")
    assert await glm_says(qq, "retry") == "收到：失败的"
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["答过的", "收到：答过的", "失败的"]


async def test_retry_that_fails_keeps_the_turn(qq: QQ, glm: FakeGLM) -> None:
    """重答失败时，原来的回答还在历史里。"""
    await qq.talk(USER, "答过的")
    glm.script(Error.of(1211))
    await glm_says(qq, "retry")
    await qq.talk(USER, "接着问")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["答过的", "收到：答过的", "接着问"]


async def test_resend(qq: QQ, glm: FakeGLM) -> None:
    """再发一次最后的回答，不问 GLM；没有就说没有。"""
    assert "没有" in await glm_says(qq, "resend")
    await qq.talk(USER, "问")
    assert await glm_says(qq, "resend") == "收到：问"
    assert len(glm.chats) == 1
