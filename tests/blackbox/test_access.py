"""谁能在哪里聊天，群里的选择；重启之后都还在。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, text
from tests.real_bot.segments import at

from .conftest import SUPERUSER, Launch, Tune

GROUP, ALICE, BOB = 1301, 1302, 1303


async def order(qq: QQ, command: str, *, user: int = ALICE, role: str = "admin") -> str:
    """在群里打一条命令，返回回话。"""
    await qq.group(GROUP, user, f"/glm {command}", role=role)
    return (await qq.next()).text


async def test_lists(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """名单之外的群与人不答；命令说一声没有开放；超级用户不受限。"""
    await tune(GLM_GROUPS=f"[{GROUP}]", GLM_USERS="-5,-6")
    assert "收到" in (await qq.call(GROUP, ALICE, "在名单里")).text
    await qq.ask(GROUP + 1, ALICE, "不在名单里的群")
    await qq.ask(GROUP, 5, "不聊的人")
    await qq.private(6, "不聊的人")
    assert await qq.silence(0.3)
    await qq.group(GROUP + 1, ALICE, "/glm status")
    assert "没有开放" in (await qq.next()).text
    assert "收到" in (await qq.call(GROUP + 1, SUPERUSER, "主人")).text


async def test_friends_and_strangers(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """好友与陌生人分别开关。"""
    await tune(GLM_STRANGERS="false")
    assert "收到" in (await qq.talk(ALICE, "好友")).text
    await qq.private(ALICE, "陌生人", sub_type="group", group_id=GROUP)
    assert await qq.silence(0.3)


async def test_choices_of_a_group_survive(launch: Launch, glm: FakeGLM) -> None:
    """关掉、范围、屏蔽都记得住，重启之后第一条消息就照办。"""
    bot = await launch()
    qq = await bot.connect()
    assert "只有群主" in await order(qq, "off", role="member")
    assert "不聊天了" in await order(qq, "off")
    await qq.ask(GROUP, ALICE, "还在吗")
    assert await qq.silence(0.3)
    assert "模型" in await order(qq, "status")
    await bot.kill()
    await bot.start()
    qq = await bot.connect()
    await qq.ask(GROUP, ALICE, "还在吗")
    assert await qq.silence(0.3)
    assert "聊天了" in await order(qq, "on")
    assert "收到" in (await qq.call(GROUP, ALICE, "回来了")).text


async def test_scope(qq: QQ, glm: FakeGLM) -> None:
    """换成每人一份：看不到别人的；换回来，原来的都还在。"""
    await qq.call(GROUP, ALICE, "大家的话")
    assert "只有群主" in await order(qq, "scope member", role="member")
    assert "每个成员" in await order(qq, "scope member")
    await qq.call(GROUP, BOB, "我的话")
    assert len(glm.chats[-1]["messages"]) == 2
    assert "范围是" in await order(qq, "scope 乱写")
    assert "共用" in await order(qq, "scope group")
    await qq.call(GROUP, BOB, "还在吗")
    assert "大家的话" in glm.chats[-1]["messages"][1]["content"]


async def test_block(qq: QQ, glm: FakeGLM) -> None:
    """超级用户屏蔽一个人：他聊天没有回应，命令被告知；解除之后照常。"""
    denied = await order(qq, f"block {BOB}")
    assert "只有超级用户" in denied
    await qq.group(GROUP, SUPERUSER, [text("/glm block "), at(BOB)])
    assert str(BOB) in (await qq.next()).text
    await qq.ask(GROUP, BOB, "理我")
    assert await qq.silence(0.3)
    assert "没有开放" in await order(qq, "status", user=BOB)
    assert "又理" in await order(qq, f"unblock {BOB}", user=SUPERUSER)
    assert "收到" in (await qq.call(GROUP, BOB, "谢谢")).text


async def test_history(qq: QQ, glm: FakeGLM) -> None:
    """列出最近的几轮：合并转发，提问的节点是提问的人。"""
    for number in range(3):
        await qq.call(GROUP, ALICE, f"第{number}句")
    await qq.group(GROUP, BOB, "/glm history 2")
    sent = await qq.next()
    assert sent.action == "send_group_forward_msg"
    assert [str(node["data"]["user_id"]) for node in sent.segments] == [
        str(ALICE), str(qq.self_id), str(ALICE), str(qq.self_id),
    ]  # fmt: skip
    assert "第1句" in sent.text
    assert "第0句" not in sent.text
