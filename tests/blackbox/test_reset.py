"""`/glm reset` 与 `/glm stop`：取消进行中的回答，连接关闭，晚到的不算。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Stall
from tests.real_bot import QQ, Sent

from .conftest import SUPERUSER
from .patience import reacted, wait_until

GROUP, ASKER, OTHER = 950, 951, 952


def spoken(glm: FakeGLM) -> list[str]:
    """最后一个请求里系统提示之后的正文，去掉标签。"""
    messages = glm.chats[-1]["messages"][1:]
    return [m["content"].rpartition("⟧ ")[2] for m in messages]


async def command(qq: QQ, words: str, *, role: str = "admin", user: int = 7) -> Sent:
    """在群里用命令。"""
    return await qq.call(GROUP, user, f"/glm {words}", role=role)


@pytest.mark.row(15)
@pytest.mark.parametrize("streaming", [False, True])
async def test_reset_cancels_the_answer(qq: QQ, glm: FakeGLM, streaming: bool) -> None:
    """回答到一半重置：连接关闭，没有晚到的回答，下一问是新的开头。"""
    await qq.call(GROUP, ASKER, "旧的一轮")
    if streaming:
        glm.answer, glm.chunk_size = "说了一段。\n\n后面的话。", 8
        glm.script(Stall(60, 1))
        assert (await qq.call(GROUP, ASKER, "要被取消的")).text == "说了一段。"
    else:
        glm.hold()
        await qq.ask(GROUP, ASKER, "要被取消的")
        await glm.wait_for_chats(2)
    told = await command(qq, "reset")
    assert "忘记" in told.text
    await wait_until(lambda: glm.disconnects == 1)
    glm.release()
    assert await qq.silence(0.3)
    await qq.call(GROUP, ASKER, "新的一问")
    assert spoken(glm) == ["新的一问"]


async def test_reset_drops_waiting_questions(qq: QQ, glm: FakeGLM) -> None:
    """排着队的提问也一起取消，一个都不会冒出来。"""
    glm.hold()
    for number in range(5):
        await qq.ask(GROUP, ASKER + number, f"排队{number}")
    await wait_until(lambda: len(reacted(qq)) == 5)
    assert "忘记" in (await command(qq, "reset")).text
    glm.release()
    assert await qq.silence(0.3)
    assert len(glm.chats) == 1
    await qq.call(GROUP, ASKER, "新的一问")
    assert spoken(glm) == ["新的一问"]


async def test_question_right_after_reset(qq: QQ, glm: FakeGLM) -> None:
    """重置之后立刻问：不会被重置误伤，也不带旧的。"""
    await qq.call(GROUP, ASKER, "旧的一轮")
    glm.hold()
    await qq.ask(GROUP, ASKER, "要被取消的")
    await glm.wait_for_chats(2)
    assert "忘记" in (await command(qq, "reset")).text
    glm.release()
    assert (await qq.call(GROUP, ASKER, "新的一问")).text.endswith("新的一问")
    assert spoken(glm) == ["新的一问"]


async def test_reset_by_number_cancels_too(qq: QQ, glm: FakeGLM) -> None:
    """超级用户从私聊按群号重置，也取消那个群进行中的回答。"""
    glm.hold()
    await qq.ask(GROUP, ASKER, "要被取消的")
    await glm.wait_for_chats(1)
    assert "忘记" in (await qq.talk(SUPERUSER, f"/glm reset {GROUP}")).text
    await wait_until(lambda: glm.disconnects == 1)
    glm.release()
    assert await qq.silence(0.3)


async def test_reset_counts_turns(qq: QQ, glm: FakeGLM) -> None:
    """说清忘记了几轮；再重置一次是零轮。"""
    for number in range(3):
        await qq.call(GROUP, ASKER, f"第{number}轮")
    assert "3 轮" in (await command(qq, "reset")).text
    assert "没有可忘记的" in (await command(qq, "reset")).text


@pytest.mark.parametrize(
    ("user", "role", "stops"),
    [(ASKER, "member", True), (OTHER, "member", False), (OTHER, "admin", True),
     (OTHER, "owner", True), (SUPERUSER, "member", True)],
)  # fmt: skip
async def test_stop(qq: QQ, glm: FakeGLM, user: int, role: str, stops: bool) -> None:
    """中止进行中的回答：提问的人与管理者可以，别的成员被告知不行。"""
    await qq.call(GROUP, ASKER, "旧的一轮")
    glm.hold()
    await qq.ask(GROUP, ASKER, "要被中止的")
    await glm.wait_for_chats(2)
    told = (await command(qq, "stop", role=role, user=user)).text
    assert ("已中止" in told) is stops
    if stops:
        await wait_until(lambda: glm.disconnects == 1)
        glm.release()
        assert await qq.silence(0.3)
    else:
        glm.release()
        assert (await qq.next()).text.endswith("要被中止的")
    await qq.call(GROUP, ASKER, "接着问")
    assert ("要被中止的" in spoken(glm)) is not stops
    assert "旧的一轮" in spoken(glm)


async def test_stop_only_ones_own(qq: QQ, glm: FakeGLM) -> None:
    """成员中止的只是自己的提问，别人的照常。"""
    glm.hold()
    await qq.ask(GROUP, ASKER, "我的")
    await glm.wait_for_chats(1)
    await qq.ask(GROUP, OTHER, "别人的")
    assert "已中止" in (await command(qq, "stop", role="member", user=ASKER)).text
    glm.release()
    assert (await qq.next()).text.endswith("别人的")


async def test_nothing_to_stop(qq: QQ, glm: FakeGLM) -> None:
    """没有进行中的回答时说没有。"""
    assert "没有" in (await command(qq, "stop", role="member")).text
