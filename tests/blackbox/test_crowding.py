"""拥挤：一个意思分几条说、等着的动静、排不下、问得太快、机器人对机器人。"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from .conftest import Tune
from .patience import wait_until

GROUP, ALICE, BOB = 1001, 1002, 1003


def prompts(glm: FakeGLM) -> list[str]:
    """每个请求的最后一句。"""
    return [chat["messages"][-1]["content"] for chat in glm.chats]


@pytest.mark.row(5)
async def test_thought_in_three_messages(qq: QQ, glm: FakeGLM) -> None:
    """紧接着说的三条（后两条没有 @）合成一个提问，只答一次，一字不少。"""
    await qq.talk(ALICE, "在吗")
    glm.hold()
    first = await qq.ask(GROUP, ALICE, "帮我")
    await glm.wait_for_chats(2)
    await qq.group(GROUP, ALICE, "看看这段代码")
    await qq.group(GROUP, ALICE, "哪里错了")
    whole = "帮我\n看看这段代码\n哪里错了"
    await wait_until(lambda: prompts(glm)[-1].endswith(whole))
    glm.release()
    sent = await qq.next()
    assert sent.quoted == str(first)
    assert sent.text.endswith(whole)
    assert await qq.silence(0.3)


async def test_other_people_are_not_swallowed(qq: QQ, glm: FakeGLM) -> None:
    """排在后面的人接着说也并进他自己的；别人的、@ 别人的都不并。"""
    glm.hold()
    await qq.ask(GROUP, ALICE, "甲一")
    await qq.ask(GROUP, BOB, "乙一")
    await qq.group(GROUP, BOB, [{"type": "at", "data": {"qq": "5"}}, *words("别人")])
    await qq.ask(GROUP, BOB, "乙二")
    await qq.ask(GROUP, ALICE, "甲二")  # 按到达的次序进入：看到它并了，前面的也都并了
    await wait_until(lambda: prompts(glm)[-1:] != [] and "甲二" in prompts(glm)[-1])
    glm.release()
    first, second = [sent.text for sent in await qq.collect(2)]
    assert first.endswith("甲一\n甲二")
    assert second.endswith("乙一\n乙二")
    assert await qq.silence(0.3)


def words(text: str) -> list[dict[str, Any]]:
    """一段文本。"""
    return [{"type": "text", "data": {"text": text}}]


async def test_no_merging_when_switched_off(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """`GLM_MERGE_SECONDS=0`：一条一答。"""
    await tune(GLM_MERGE_SECONDS="0")
    glm.delay = 0.1
    for number in range(3):
        await qq.private(ALICE, f"第{number}句")
    answers = [sent.text for sent in await qq.collect(3)]
    assert answers == [f"收到：第{number}句" for number in range(3)]


CLIENTS = {
    "NapCat.Onebot": ("set_msg_emoji_like", "set_msg_emoji_like"),
    "LLOneBot": ("set_msg_emoji_like", "unset_msg_emoji_like"),
    "Lagrange.OneBot": ("set_group_reaction", "set_group_reaction"),
}


def calls_of(qq: QQ, word: str) -> list[tuple[str, dict[str, Any]]]:
    """名字里有这个词的接口调用。"""
    return [call for call in qq.calls if word in call[0]]


def named(app: str) -> Any:
    """自报这个名字的客户端。"""
    info = {"status": "ok", "retcode": 0, "data": {"app_name": app}}
    return lambda action, _: info if action == "get_version_info" else None


@pytest.mark.parametrize("app", CLIENTS)
async def test_reaction_while_waiting(qq: QQ, glm: FakeGLM, app: str) -> None:
    """等的时候贴一个表情，答了就收回，各家用各家的接口。"""
    qq.respond = named(app)
    glm.hold()
    asking = await qq.ask(GROUP, ALICE, "慢慢想")
    await wait_until(lambda: len(calls_of(qq, "reaction") + emoji(qq)) == 1)
    glm.release()
    await qq.next()
    await wait_until(lambda: len(calls_of(qq, "reaction") + emoji(qq)) == 2)
    (on, first), (off, second) = calls_of(qq, "reaction") or emoji(qq)
    assert (on, off) == CLIENTS[app]
    assert first["message_id"] == second["message_id"] == asking
    assert first.get("set", first.get("is_add", True)) is True
    assert second.get("set", second.get("is_add", False)) is False


def emoji(qq: QQ) -> list[tuple[str, dict[str, Any]]]:
    """贴表情的调用。"""
    return calls_of(qq, "emoji_like")


async def test_no_reaction_where_there_is_none(qq: QQ, glm: FakeGLM) -> None:
    """go-cqhttp 没有这些接口：不试，也不说什么。"""
    qq.respond = named("go-cqhttp")
    glm.hold()
    await qq.ask(GROUP, ALICE, "慢慢想")
    await qq.private(ALICE, "私聊也慢慢想")
    await wait_until(lambda: bool(calls_of(qq, "get_version_info")))
    glm.release()
    await qq.collect(2)
    assert not calls_of(qq, "emoji") + calls_of(qq, "reaction") + calls_of(qq, "input")


async def test_typing_in_private(qq: QQ, glm: FakeGLM) -> None:
    """私聊里显示正在输入。"""
    qq.respond = named("NapCat.Onebot")
    glm.hold()
    await qq.private(ALICE, "慢")
    await wait_until(lambda: bool(calls_of(qq, "set_input_status")))
    glm.release()
    await qq.next()
    [(_, params)] = calls_of(qq, "set_input_status")
    assert params == {"user_id": ALICE, "event_type": 1}


async def test_still_thinking_once(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """等得久了说一声还在想，只说一次。"""
    await tune(GLM_NOTICE_SECONDS="0.7")
    glm.hold()
    await qq.private(ALICE, "慢慢想")
    assert (await qq.next()).text == "还在想，请稍等。"
    assert await qq.silence(0.9)
    glm.release()
    assert (await qq.next()).text == "收到：慢慢想"


async def test_full_queue(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """等着的太多：排上的都答，排不上的每人告诉一次。"""
    await tune(GLM_MAX_QUEUE="2", GLM_MERGE_SECONDS="0")
    glm.hold()
    for user in (1, 2, 3, 4, 4, 5):
        await qq.ask(GROUP, user, f"第{user}个人")
    assert all("没有排上" in sent.text for sent in await qq.collect(2))
    glm.release()
    assert all("收到" in sent.text for sent in await qq.collect(3))
    assert await qq.silence(0.3)


async def test_rate_limit(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """问得太快：说一次还要等多久，之后不出声；别人与超级用户不受影响。"""
    await tune(GLM_RATE_LIMIT="2/600s", GLM_GROUP_RATE_LIMIT="4/600s")
    for number in range(2):
        await qq.call(GROUP, ALICE, f"第{number}句")
    assert "秒后再问" in (await qq.call(GROUP, ALICE, "太快了")).text
    await qq.ask(GROUP, ALICE, "还问")
    assert await qq.silence(0.3)
    for number in range(2):
        assert "收到" in (await qq.call(GROUP, BOB, f"第{number}句")).text
    assert "秒后再问" in (await qq.call(GROUP, 7, "群里太快了")).text
    for number in range(4):
        assert "收到" in (await qq.call(GROUP, 999, f"主人的第{number}句")).text
    assert len(glm.chats) == 8


async def test_two_bots_stop_by_themselves(qq: QQ, glm: FakeGLM) -> None:
    """对方每次都立刻 @ 回来：自己会停，停之前说一声；私聊与别人不受影响。"""
    glm.answer = "你好，有什么可以帮你？"
    rounds = 0
    await qq.ask(GROUP, ALICE, "您好，我现在不在")
    while rounds < 100 and "先歇" not in (await qq.next()).text:
        rounds += 1
        await qq.ask(GROUP, ALICE, "您好，我现在不在")
    assert rounds < 60
    await qq.ask(GROUP, ALICE, "您好，我现在不在")
    assert await qq.silence(0.3)
    assert (await qq.call(GROUP, BOB, "在吗")).text == glm.answer
