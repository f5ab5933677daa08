"""空的 @ 之后，同一个人的下一条消息是提问。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, at, text

GROUP, ALICE, BOB = 101, 11, 12


async def call_empty(qq: QQ) -> None:
    """爱丽丝在群里空 @ 机器人，机器人应声。"""
    asking = await qq.group(GROUP, ALICE, [at(qq.self_id), text("\u00a0")])
    sent = await qq.next()
    assert sent.quoted == str(asking)
    assert sent.text


async def test_next_message_of_the_same_person(qq: QQ, glm: FakeGLM) -> None:
    """空 @ 不问 GLM；同一个人的下一条消息得到回答，再下一条不再接。"""
    await call_empty(qq)
    assert not glm.requests
    asking = await qq.group(GROUP, ALICE, [text("现在说的才是问题")])
    sent = await qq.next()
    assert sent.quoted == str(asking)
    assert sent.text.endswith("现在说的才是问题")
    await qq.group(GROUP, ALICE, [text("和别人说话")])
    assert await qq.silence()
    assert len(glm.chats) == 1


async def test_another_persons_message_is_not_taken(qq: QQ, glm: FakeGLM) -> None:
    """别人的、别的群的下一条消息都不接，也不耽误等着的人。"""
    await call_empty(qq)
    await qq.group(GROUP, BOB, [text("别人插话")])
    await qq.group(GROUP + 1, ALICE, [text("在别的群说话")])
    assert await qq.silence()
    await qq.group(GROUP, ALICE, [text("轮到我了")])
    assert (await qq.next()).text.endswith("轮到我了")


async def test_commands_do_not_end_the_waiting(qq: QQ, glm: FakeGLM) -> None:
    """等着的时候打了别的插件的命令，命令照常，之后的话仍是提问。"""
    await call_empty(qq)
    await qq.group(GROUP, ALICE, [text("/ping")])
    assert (await qq.next()).text == "pong"
    await qq.group(GROUP, ALICE, [text("接着问")])
    assert (await qq.next()).text.endswith("接着问")


async def test_second_half_of_a_thought_is_not_lost(qq: QQ, glm: FakeGLM) -> None:
    """头一条答得飞快，紧接着的一条没有 @：也答；别人的仍是闲话。"""
    await call_empty(qq)
    await qq.call(GROUP, ALICE, "帮我看看")
    await qq.group(GROUP, ALICE, [text("这段代码")])
    assert (await qq.next()).text.endswith("这段代码")
    await qq.group(GROUP, BOB, [text("闲话一句")])
    assert await qq.silence()
    assert len(glm.chats) == 2
