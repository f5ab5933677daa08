"""谁能用哪个命令：角色 x 命令 x（群共用、各成员、私聊）。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess

from .conftest import PLUGINS, SUPERUSER, check_remains, settings_for

GROUP, ASKER, OTHER = 900, 901, 902
DENIED = "这样做。"
ROLES = {"member": OTHER, "admin": 903, "owner": 904, "superuser": SUPERUSER}
OPEN = {"help", "status", "model", "think", "resend"}
"""谁都能用。"""
MANAGED = {"reset", "model glm-4.6", "model default", "think on"}
"""能替整个会话作主的人才能用。"""
ACTED = {"undo", "retry"}
"""提问的人，或能替整个会话作主的人。"""
OWNED = {"reset 900", "model glm-4.7-flash --global"}
"""只有超级用户。"""
COMMANDS = sorted(OPEN | MANAGED | ACTED | OWNED)
_self_ids = iter(range(70_001, 80_000))


@pytest.fixture(scope="session")
async def member_bot(
    server: FakeGLM, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BotProcess]:
    """群里每个成员一份历史的机器人。"""
    settings = settings_for(server, GLM_GROUP_SCOPE="member")
    directory = tmp_path_factory.mktemp("member")
    async with BotProcess(directory, settings, PLUGINS) as process:
        yield process
    check_remains(process)


@pytest.fixture
async def member_qq(member_bot: BotProcess, glm: FakeGLM) -> AsyncIterator[QQ]:
    """连着它的新账号。"""
    client = await member_bot.connect(next(_self_ids))
    yield client
    await client.close()


def in_group(command: str, role: str) -> bool:
    """群共用历史时，这个角色能否对别人的提问用这个命令。"""
    if command in OWNED:
        return role == "superuser"
    return command in OPEN or role != "member"


async def use(qq: QQ, role: str, command: str, *, group: bool = True) -> str:
    """以这个角色用命令，返回回话。"""
    user = ROLES[role]
    if not group:
        return (await qq.talk(user, f"/glm {command}")).text
    sent_role = "member" if role == "superuser" else role
    return (await qq.call(GROUP, user, f"/glm {command}", role=sent_role)).text


@pytest.mark.parametrize("role", list(ROLES))
@pytest.mark.parametrize("command", COMMANDS)
async def test_group_scope(qq: QQ, glm: FakeGLM, command: str, role: str) -> None:
    """群共用历史：不许的人被告知，而且什么也没变。"""
    await qq.call(GROUP, ASKER, "问一句")
    told = await use(qq, role, command)
    assert (DENIED in told) is not in_group(command, role), told
    if DENIED in told:
        await qq.call(GROUP, ASKER, "接着问")
        assert len(glm.chats[-1]["messages"]) == 4
        assert glm.chats[-1]["model"] == "glm-4.7-flash"
        assert glm.chats[-1]["thinking"] == {"type": "disabled"}


@pytest.mark.parametrize("command", sorted(ACTED | {"stop"}))
async def test_asker_may_act(qq: QQ, glm: FakeGLM, command: str) -> None:
    """提问的人自己可以撤、重答、中止。"""
    await qq.call(GROUP, ASKER, "问一句")
    told = (await qq.call(GROUP, ASKER, f"/glm {command}")).text
    assert DENIED not in told


@pytest.mark.parametrize("role", list(ROLES))
async def test_member_scope(member_qq: QQ, glm: FakeGLM, role: str) -> None:
    """各成员一份历史：管自己的不必是管理员，超级用户的命令还是只有超级用户。"""
    for command in COMMANDS:
        await member_qq.call(GROUP, ASKER, "别人的话")
        await use(member_qq, role, "reset")
        user = ROLES[role]
        await member_qq.call(GROUP, user, "自己的话")
        told = await use(member_qq, role, command)
        denied = command in OWNED and role != "superuser"
        assert (DENIED in told) is denied, (command, told)
        if command != "reset 900":
            await member_qq.call(GROUP, ASKER, "再来")
            spoken = str(glm.chats[-1]["messages"])
            assert "别人的话" in spoken
            assert "自己的话" not in spoken


async def test_member_scope_keeps_histories_apart(member_qq: QQ, glm: FakeGLM) -> None:
    """各成员一份历史：互不可见，没有标签；超级用户按群号一次忘掉全部。"""
    await member_qq.call(GROUP, ASKER, "甲的话")
    await member_qq.call(GROUP, OTHER, "乙的话")
    assert [m["content"] for m in glm.chats[-1]["messages"][1:]] == ["乙的话"]
    await member_qq.call(GROUP + 1, ASKER, "另一个群的话")
    assert len(glm.chats[-1]["messages"]) == 2
    told = await member_qq.talk(SUPERUSER, f"/glm reset {GROUP}")
    assert "2 轮" in told.text
    for user in (ASKER, OTHER):
        await member_qq.call(GROUP, user, "从头开始")
        assert len(glm.chats[-1]["messages"]) == 2
    await member_qq.call(GROUP + 1, ASKER, "还在")
    assert len(glm.chats[-1]["messages"]) == 4


@pytest.mark.parametrize("command", COMMANDS)
async def test_private(qq: QQ, glm: FakeGLM, command: str) -> None:
    """私聊里管自己的不必是管理员，超级用户的命令还是只有超级用户。"""
    for role in ("member", "superuser"):
        await qq.talk(ROLES[role], "自己的话")
        told = await use(qq, role, command, group=False)
        denied = command in OWNED and role != "superuser"
        assert (DENIED in told) is denied, told


async def test_superuser_resets_a_group_from_private(qq: QQ, glm: FakeGLM) -> None:
    """超级用户在私聊里按群号忘掉一个群，只忘这一个。"""
    for group in (GROUP, GROUP + 1):
        await qq.call(group, ASKER, "群里的话")
    await qq.talk(SUPERUSER, "私聊的话")
    assert "1 轮" in (await qq.talk(SUPERUSER, f"/glm reset {GROUP}")).text
    await qq.call(GROUP, ASKER, "从头")
    assert len(glm.chats[-1]["messages"]) == 2
    await qq.call(GROUP + 1, ASKER, "接着")
    assert len(glm.chats[-1]["messages"]) == 4
    await qq.talk(SUPERUSER, "接着")
    assert len(glm.chats[-1]["messages"]) == 4
