"""撤回：提问撤回了就当没说过，回答撤回了那一轮就忘记。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Stall
from tests.real_bot import QQ, reply, text
from tests.real_bot.segments import at

from .conftest import Tune
from .patience import reacted, wait_until

GROUP, ALICE, BOB, ADMIN = 1201, 1202, 1203, 1204


async def recall(
    qq: QQ, message: int, *, user: int, group: int | None, operator: int | None = None
) -> None:
    """一条消息被撤回了。"""
    where = (
        {"notice_type": "friend_recall"}
        if group is None
        else {
            "notice_type": "group_recall",
            "group_id": group,
            "operator_id": operator or user,
        }
    )
    await qq.push(post_type="notice", user_id=user, message_id=message, **where)


def deleted(qq: QQ) -> list[int]:
    """机器人撤回了哪些消息。"""
    return [params["message_id"] for api, params in qq.calls if api == "delete_msg"]


def spoken(glm: FakeGLM) -> str:
    """最后一个请求里的话。"""
    return "".join(m["content"] for m in glm.chats[-1]["messages"][1:])


@pytest.mark.row(16)
@pytest.mark.parametrize("group", [GROUP, None])
async def test_running_question(qq: QQ, glm: FakeGLM, group: int | None) -> None:
    """正在答的撤回：连接断开，什么也不发，历史里没有。"""
    glm.hold()
    if group:
        asking = await qq.ask(group, ALICE, "说漏嘴了")
    else:
        asking = await qq.private(ALICE, "说漏嘴了")
    await glm.wait_for_chats(1)
    await recall(qq, asking, user=ALICE, group=group)
    await wait_until(lambda: glm.disconnects == 1)
    glm.release()
    assert await qq.silence(0.3)
    await (qq.call(group, ALICE, "换个话题") if group else qq.talk(ALICE, "换个话题"))
    assert "说漏嘴了" not in spoken(glm)


async def test_waiting_question(qq: QQ, glm: FakeGLM) -> None:
    """排着队的撤回：前面的照答，它不答。"""
    glm.hold()
    await qq.ask(GROUP, ALICE, "前面的")
    await glm.wait_for_chats(1)
    waiting = await qq.ask(GROUP, BOB, "后面的")
    await wait_until(lambda: waiting in reacted(qq))
    await recall(qq, waiting, user=BOB, group=GROUP)
    await wait_until(lambda: reacted(qq).count(waiting) == 2)
    glm.release()
    assert "前面的" in (await qq.next()).text
    assert await qq.silence(0.3)
    assert len(glm.chats) == 1


async def test_one_of_the_merged_pieces(qq: QQ, glm: FakeGLM) -> None:
    """并在一起的撤回其中一条：只答剩下的。"""
    glm.hold()
    await qq.private(ALICE, "留下的")
    slip = await qq.private(ALICE, "说漏嘴了")
    await wait_until(lambda: bool(glm.chats) and "说漏嘴了" in spoken(glm))
    await recall(qq, slip, user=ALICE, group=None)
    await wait_until(lambda: "说漏嘴了" not in spoken(glm))
    glm.release()
    assert (await qq.next()).text == "收到：留下的"
    await qq.talk(ALICE, "接着说")
    assert "说漏嘴了" not in spoken(glm)


async def test_answered_question(qq: QQ, glm: FakeGLM) -> None:
    """答完的撤回：那一轮离开历史，回答也撤回。"""
    asking = await qq.ask(GROUP, ALICE, "说漏嘴了")
    await qq.next()
    answer = max(qq.messages)
    await recall(qq, asking, user=ALICE, group=GROUP)
    await wait_until(lambda: deleted(qq) == [answer])
    await qq.call(GROUP, ALICE, "换个话题")
    assert "说漏嘴了" not in spoken(glm)


async def test_half_shown_answer(qq: QQ, glm: FakeGLM) -> None:
    """说到一半撤回：不再往下说，说了的也撤回。"""
    glm.answer, glm.chunk_size = "第一段。\n\n" + "后面很长。" * 40, 8
    glm.script(Stall(60, 1))
    asking = await qq.ask(GROUP, ALICE, "讲个故事")
    first = await qq.next()
    shown = max(qq.messages)
    assert first.text == "第一段。"
    await recall(qq, asking, user=ALICE, group=GROUP)
    await wait_until(lambda: deleted(qq) == [shown])
    await wait_until(lambda: glm.disconnects == 1)
    assert await qq.silence(0.3)


async def test_admin_recalls_the_answer(qq: QQ, glm: FakeGLM) -> None:
    """管理员撤回了回答：那一轮离开历史；机器人自己撤回的不算。"""
    await qq.call(GROUP, ALICE, "不该答的")
    answer = max(qq.messages)
    me = qq.self_id
    await recall(qq, answer, user=me, group=GROUP, operator=me)
    await qq.call(GROUP, ALICE, "还记得吗")
    assert "不该答的" in spoken(glm)
    await recall(qq, answer, user=me, group=GROUP, operator=ADMIN)
    for _ in range(100):
        if "不该答的" not in (await qq.call(GROUP, BOB, "/glm history")).text:
            break
    await qq.call(GROUP, BOB, "现在呢")
    assert "不该答的" not in spoken(glm)
    assert deleted(qq) == []


async def test_other_accounts_are_untouched(qq: QQ, glm: FakeGLM) -> None:
    """陌生的编号什么也不会忘记。"""
    await qq.call(GROUP, ALICE, "记住我")
    await recall(qq, 987654, user=ALICE, group=GROUP)
    await qq.call(GROUP, ALICE, "还记得吗")
    assert "记住我" in spoken(glm)


async def test_reply_brings_an_old_turn_back(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """回复早已裁掉的回答：那一轮又回到提问之前。"""
    await tune(GLM_HISTORY_TURNS="4")
    await qq.call(GROUP, ALICE, "很久以前的话题")
    old = max(qq.messages)
    for number in range(5):
        await qq.call(GROUP, ALICE if number % 2 else BOB, f"第{number}句")
    assert "很久以前" not in spoken(glm)
    await qq.group(GROUP, BOB, [reply(old), at(qq.self_id), text(" 再说说")])
    await qq.next()
    messages = glm.chats[-1]["messages"]
    assert messages[-3]["content"].endswith("很久以前的话题")
    assert messages[-2]["role"] == "assistant"
    assert "⟦引用｜你自己⟧" in messages[-1]["content"]
