"""两个机器人进程共用一个 PostgreSQL：历史、设置、先后，与互相打断。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.postgresql import PASSWORD

from .conftest import SUPERUSER, Launch
from .patience import wait_until

ACCOUNT, GROUP, ALICE, BOB = 20999, 5100, 5101, 5102


async def test_two_processes_one_group(
    launch: Launch, glm: FakeGLM, postgresql: str
) -> None:
    """一个群里两处同时问：一个接一个，后一问带着前一轮；设置改一处两处都变。"""
    bots = [await launch(GLM_DATABASE_URL=postgresql) for _ in range(2)]
    ours, theirs = [await bot.connect(ACCOUNT) for bot in bots]
    glm.delay = 0.3
    await ours.ask(GROUP, ALICE, "第一处问")
    await theirs.ask(GROUP, BOB, "第二处问")
    await ours.collect(1)
    await theirs.collect(1)
    assert glm.max_in_flight == 1
    roles = [message["role"] for message in glm.chats[-1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    await ours.call(GROUP, SUPERUSER, "/glm config GLM_SYSTEM_PROMPT 说短些")
    before = len(glm.chats)
    for _ in range(40):
        await theirs.call(GROUP, BOB, "现在呢")
        if "说短些" in glm.chats[-1]["messages"][0]["content"]:
            break
    assert "说短些" in glm.chats[-1]["messages"][0]["content"]
    assert len(glm.chats) > before
    await ours.call(GROUP, SUPERUSER, "/glm reset")
    await theirs.call(GROUP, BOB, "还记得吗")
    assert len(glm.chats[-1]["messages"]) == 2
    health = await ours.talk(SUPERUSER, "/glm doctor")
    assert "✓ 数据库：PostgreSQL" in health.text
    assert not any(PASSWORD in text for text in (health.text, *(b.log for b in bots)))


async def test_interrupted_from_the_other_process(
    launch: Launch, glm: FakeGLM, postgresql: str
) -> None:
    """一处重置、中止、撤回，另一处正在答的都停下：什么也不说，历史里也没有。"""
    bots = [await launch(GLM_DATABASE_URL=postgresql) for _ in range(2)]
    ours, theirs = [await bot.connect(ACCOUNT) for bot in bots]
    for number, command in enumerate(("reset", "stop", "recall"), 1):
        glm.hold()
        asked = await theirs.ask(GROUP, ALICE, "说漏嘴了")
        await glm.wait_for_chats(number)
        if command == "recall":
            notice = {"notice_type": "group_recall", "message_id": asked}
            who = {"group_id": GROUP, "user_id": ALICE, "operator_id": ALICE}
            await ours.push(post_type="notice", **notice, **who)
        else:
            told = await ours.call(GROUP, SUPERUSER, f"/glm {command}")
            assert ("从头开始" if command == "reset" else "也在停下") in told.text
        await wait_until(lambda n=number: glm.disconnects == n)
        glm.release()
    answer = await theirs.call(GROUP, ALICE, "换个话题")
    assert answer.text.endswith("换个话题")
    assert len(glm.chats[-1]["messages"]) == 2
