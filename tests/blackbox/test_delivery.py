"""回答总能送到：只作文本，被拒绝时换法子，长的分开。"""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, REFUSED, UNANSWERED, BotProcess, Sent

from .conftest import Launch
from .patience import heard_out, wait_until

GROUP, USER = 801, 802
MARKER = re.compile(r"【(\d+)】")
Params = dict[str, Any]


def long_answer() -> str:
    """约九千字，编号的段落里夹着代码块，其中一块很长。"""
    parts: list[str] = []
    for number in range(72):
        parts.append(f"【{number}】" + "说明文字。" * 20)
        if number % 6 == 0:
            lines = 60 if number == 30 else 6
            code = "\n".join(f"    x{i} = {i}" for i in range(lines))
            parts.append(f"```python\ndef f{number}():\n{code}\n```")
    return "\n\n".join(parts)


def check_pieces(texts: list[str], answer: str) -> None:
    """编号各出现一次、次序不变，没有 Markdown 的记号，正文一字不少。"""
    found = [int(n) for text in texts for n in MARKER.findall(text)]
    assert found == [int(n) for n in MARKER.findall(answer)]
    assert "```" not in "".join(texts)
    assert words_of("\n".join(texts)) == words_of(answer)


def words_of(text: str) -> str:
    """围栏与空白之外的字。"""
    lines = [line for line in text.splitlines() if not line.startswith("```")]
    return "".join("".join(lines).split())


def pieces(sent: list[Sent]) -> list[str]:
    """每条消息或转发节点的文本。"""
    texts: list[str] = []
    for each in sent:
        if each.kinds and each.kinds[0] == "node":
            texts += [
                "".join(s["data"]["text"] for s in node["data"]["content"])
                for node in each.segments
            ]
        else:
            texts.append(each.text)
    return texts


@pytest.mark.row(6)
@pytest.mark.parametrize(
    "answer",
    [
        "[CQ:at,qq=all] [CQ:image,file=file:///etc/passwd]",
        "&#91;CQ:at,qq=all&#93; &amp;",
        '<at user_id="1"/><img src="file:///etc/passwd"/>',
        "{{at}} [CQ:at,qq=1] @全体成员",
    ],
)
async def test_answers_are_only_text(qq: QQ, glm: FakeGLM, answer: str) -> None:
    """模型写的只作文本，私聊、群里、被拒绝之后都是。"""
    glm.answer = answer
    await qq.talk(USER, "写点什么")
    await qq.call(GROUP, USER, "写点什么")
    qq.respond = lambda action, _: REFUSED if action == "send_msg" else None
    await qq.call(GROUP, USER, "写点什么")
    for sent in qq.sent:
        assert set(sent.kinds) <= {"text", "reply", "node"}
        assert sent.text == answer


@pytest.mark.row(22)
@pytest.mark.parametrize("place", ["group", "private"])
@pytest.mark.parametrize("refusals", [1, 2, 3, 4])
async def test_first_sends_are_refused(
    qq: QQ, glm: FakeGLM, refusals: int, place: str
) -> None:
    """前几次发送被风控：人最终看到一次完整的回答，不再问 GLM。"""
    left = [REFUSED] * refusals
    qq.respond = lambda action, _: (
        left.pop() if left and action.startswith("send_") else None
    )

    async def say(words: str) -> str:
        if place == "group":
            return (await qq.call(GROUP, USER, words)).text
        return (await qq.talk(USER, words)).text

    told = await say("送得到吗")
    if "/glm resend" in told:
        told = await say("/glm resend")
    assert told.endswith("送得到吗")
    assert await qq.silence(0.1)
    assert len(glm.chats) == 1


async def check_resend(qq: QQ, words: str) -> None:
    """`/glm resend` 送到回答。"""
    assert (await qq.talk(USER, "/glm resend")).text.endswith(words)


def too_long(_: str, params: Params) -> Params | None:
    """拒绝超过六百字的消息与一切合并转发。"""
    texts = pieces([Sent("", params)])
    return REFUSED if any(len(t) > 600 for t in texts) else None


def not_forward(action: str, params: Params) -> Params | None:
    """除了合并转发都拒绝。"""
    if action == "send_msg" or not action.startswith("send_"):
        return REFUSED
    return None


@pytest.mark.row(21)
@pytest.mark.parametrize("refuse", [None, too_long, not_forward])
async def test_long_answer_arrives_whole(qq: QQ, glm: FakeGLM, refuse: Any) -> None:
    """九千字的回答：每个编号恰好一次、次序不变，不论平台怎么挑剔。"""
    glm.answer, glm.chunk_size = long_answer(), 200
    assert len(long_answer()) > 9000
    if refuse:
        qq.respond = refuse
    asking = await qq.ask(GROUP, USER, "写长文")
    sent = await heard_out(qq, glm, USER, GROUP)
    check_pieces(pieces(sent), long_answer())
    if refuse is None:
        assert len(sent) == 4
        assert sent[-1].action == "send_group_forward_msg"
        assert sent[0].quoted == str(asking)
        assert [each.quoted for each in sent[1:]] == [None] * (len(sent) - 1)


async def test_refused_in_the_middle(qq: QQ, glm: FakeGLM) -> None:
    """长回答的第三条被拒绝一次：已送到的不重复，没送到的补上。"""
    glm.answer, glm.chunk_size = long_answer(), 200
    seen: list[str] = []

    def third(action: str, _: Params) -> Params | None:
        seen.append(action)
        return REFUSED if len(seen) == 3 else None

    qq.respond = third
    await qq.private(USER, "写长文")
    sent = await heard_out(qq, glm, USER)
    check_pieces(pieces(sent), long_answer())


async def test_everything_refused_then_resend(qq: QQ, glm: FakeGLM) -> None:
    """什么都发不出去：回答留着，`/glm resend` 再发，历史里也有它。"""
    qq.respond = lambda action, _: REFUSED
    await qq.private(USER, "发不出去")
    await glm.wait_for_chats(1)
    assert await qq.silence()
    qq.respond = lambda action, _: None
    await check_resend(qq, "发不出去")
    await qq.talk(USER, "接着说")
    spoken = [m["content"] for m in glm.chats[-1]["messages"][1:]]
    assert spoken == ["发不出去", "收到：发不出去", "接着说"]


async def test_only_short_notes_pass(qq: QQ, glm: FakeGLM) -> None:
    """只有短消息发得出去：说一声怎么办，`/glm resend` 之后送到。"""
    qq.respond = lambda action, params: (
        REFUSED if "秘密" in str(params) or "forward" in action else None
    )
    glm.answer = "秘密的回答"
    assert "/glm resend" in (await qq.talk(USER, "问")).text
    qq.respond = lambda action, _: None
    await check_resend(qq, "秘密的回答")


async def test_client_never_answers(launch: Launch, glm: FakeGLM) -> None:
    """客户端不应答：等到超时换法子，不会一直卡住，下一问照常。"""
    bot = await launch(API_TIMEOUT="0.3")
    qq = await bot.connect()
    left = [UNANSWERED]
    qq.respond = lambda action, _: left.pop() if left and action == "send_msg" else None
    assert (await qq.talk(USER, "应一声")).text.endswith("应一声")
    qq.respond = lambda action, _: UNANSWERED if "send" in action else None
    await qq.private(USER, "一直不应")
    await glm.wait_for_chats(2)
    await wait_until(lambda: len(qq.calls) > 4)
    qq.respond = lambda action, _: None
    await qq.private(USER, "回来了")
    while not (await qq.next()).text.endswith("回来了"):
        pass


async def test_answer_waits_for_the_client_to_come_back(
    bot: BotProcess, qq: QQ, glm: FakeGLM
) -> None:
    """答好的时候客户端正在重启：再连上就送到。"""
    glm.hold()
    await qq.private(USER, "慢慢想")
    await glm.wait_for_chats(1)
    await qq.close()
    glm.release()
    await wait_until(lambda: not glm.in_flight)
    again = await bot.connect(qq.self_id)
    assert (await again.next()).text == "收到：慢慢想"
    await again.close()
