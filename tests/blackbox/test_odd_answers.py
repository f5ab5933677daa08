"""上游的怪样子：每一种都有一句话，下一问照常；能治的自己治好。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM, faults
from tests.fake_glm.faults import Error, Fault, Filtered, Ok
from tests.real_bot import QQ

from .sentence import check_sentence

USER = 601


async def test_truncated_answer_is_marked(quick: QQ, glm: FakeGLM) -> None:
    """写到长度上限的回答照发，并说明没有写完。"""
    glm.script(faults.Finish("length", "前半段"))
    sent = await quick.talk(USER, "写长一点")
    assert sent.text.startswith("前半段")
    assert len(sent.text) > len("前半段")


@pytest.mark.row(7)
@pytest.mark.parametrize(
    "fault",
    [Error.of(1302), Error.of(1305), Error(429, None), faults.Html(502),
     faults.CutStream(), faults.TruncatedJson(), faults.Reset(), faults.Content("")],
    ids=repr,
)  # fmt: skip
async def test_cured_by_a_retry(quick: QQ, glm: FakeGLM, fault: Fault) -> None:
    """失败一次又好了：人只看到回答。"""
    glm.script(fault)
    assert (await quick.talk(USER, "偶尔失败")).text == "收到：偶尔失败"
    assert len(glm.chats) == 2
    assert await quick.silence(0.1)


@pytest.mark.row(14)
@pytest.mark.parametrize("code", [1214, 1261])
async def test_history_is_mended(quick: QQ, glm: FakeGLM, code: int) -> None:
    """序列不被接受或超长一次：缩短历史再问一次，人只看到回答。"""
    for number in range(4):
        await quick.talk(USER, f"第{number}轮")
    before = len(glm.chats[-1]["messages"])
    glm.script(Error.of(code))
    assert (await quick.talk(USER, "关键一问")).text == "收到：关键一问"
    assert len(glm.chats) == 6
    assert len(glm.chats[-1]["messages"]) < before
    await quick.talk(USER, "下一问")
    assert len(glm.chats) == 7


async def test_too_long_twice_leaves_a_shorter_history(quick: QQ, glm: FakeGLM) -> None:
    """超长两次：说一声，之后带的历史更短。"""
    for number in range(4):
        await quick.talk(USER, f"第{number}轮")
    before = len(glm.chats[-1]["messages"])
    glm.script(Error.of(1261), Error.of(1261))
    check_sentence((await quick.talk(USER, "太长了")).text)
    assert (await quick.talk(USER, "再问")).text == "收到：再问"
    assert len(glm.chats[-1]["messages"]) < before


async def test_blamed_history_is_cleared(quick: QQ, glm: FakeGLM) -> None:
    """1301 怪到历史头上：清空历史，说一声，下一问是新的开头。"""
    await quick.talk(USER, "旧的一轮")
    glm.script(Filtered("history"))
    check_sentence((await quick.talk(USER, "被连累的一问")).text)
    await quick.talk(USER, "新的一问")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["新的一问"]


async def test_blamed_question_is_dropped(quick: QQ, glm: FakeGLM) -> None:
    """1301 怪到提问头上：只丢这一问，历史还在。"""
    await quick.talk(USER, "旧的一轮")
    glm.script(Filtered("user"))
    check_sentence((await quick.talk(USER, "不该问的")).text)
    await quick.talk(USER, "新的一问")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["旧的一轮", "收到：旧的一轮", "新的一问"]


async def test_expired_token_is_signed_afresh(quick: QQ, glm: FakeGLM) -> None:
    """令牌被判过期：重签一次，人只看到回答。"""
    await quick.talk(USER, "第一问")
    glm.reject_tokens = 1
    assert (await quick.talk(USER, "第二问")).text == "收到：第二问"


async def test_overload_falls_back_to_the_free_model(qq: QQ, glm: FakeGLM) -> None:
    """默认模型一直过载：换免费的后备模型，人只看到回答。"""
    glm.concurrency["glm-4.7-flash"] = 0
    assert (await qq.talk(USER, "换谁来答")).text == "收到：换谁来答"
    assert glm.chats[-1]["model"] == "glm-4-flash-250414"
    assert len(glm.chats) == 5


async def test_stray_finish_reasons(quick: QQ, glm: FakeGLM) -> None:
    """陌生的结束原因不妨碍回答。"""
    for reason in ("stop", "tool_calls", "nosuch"):
        glm.script(faults.Finish(reason, "回答"))
        assert (await quick.talk(USER, "问")).text == "回答"
    glm.script(Ok("最后"))
    assert (await quick.talk(USER, "问")).text == "最后"
