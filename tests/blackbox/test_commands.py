"""`/glm` 的帮助、写错的命令、思考与现状。"""

from __future__ import annotations

import re

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

GROUP, USER = 970, 971
SUBCOMMANDS = ("reset", "model", "think", "status", "undo", "retry", "stop", "resend")

WRONG = (
    "nosuch", "resett", "model a b c", "think on off", "undo 3", "reset 1 2", '"',
    "help reset", "status reset", "reset undo", "status --x", "model --global",
    "' \"", "model [CQ:at,qq=all]",
)  # fmt: skip


async def glm_says(qq: QQ, command: str, user: int = USER) -> str:
    """私聊里用命令，返回回话。"""
    return (await qq.talk(user, f"/glm {command}".strip())).text


@pytest.mark.parametrize("command", ["", "help", "--help"])
async def test_help(qq: QQ, glm: FakeGLM, command: str) -> None:
    """求助时列出每个子命令，不问 GLM。"""
    told = await glm_says(qq, command)
    assert all(name in told for name in SUBCOMMANDS)
    assert not glm.requests


@pytest.mark.parametrize("in_group", ["mention", "plain"])
async def test_commands_in_groups(qq: QQ, glm: FakeGLM, in_group: str) -> None:
    """群里 @ 与不 @ 都认得命令，引用它回话。"""
    if in_group == "mention":
        asking = await qq.ask(GROUP, USER, "/glm status")
    else:
        asking = await qq.group(GROUP, USER, "/glm status")
    sent = await qq.next()
    assert sent.quoted == str(asking)
    assert "全群" in sent.text


@pytest.mark.parametrize("command", WRONG)
async def test_wrong_commands_get_one_sentence(
    qq: QQ, glm: FakeGLM, command: str
) -> None:
    """写错的命令得到一句话，没有程序的原文，不问 GLM。"""
    told = await glm_says(qq, command)
    assert "/glm" in told
    assert not any(word in told for word in ("Error", "Traceback", "{", "<"))
    assert await qq.silence(0.05)
    assert not glm.chats


@pytest.mark.parametrize("words", ["/glmx", "/glmhelp", "/GLM", "glm help", "/ glm"])
async def test_what_only_looks_like_the_command(
    qq: QQ, glm: FakeGLM, words: str
) -> None:
    """只是像 `/glm` 的不当命令执行，群里没叫机器人的也不回应。"""
    await qq.group(GROUP, USER, words)
    assert await qq.silence(0.3)


@pytest.mark.parametrize(
    ("mode", "field"),
    [("on", {"type": "enabled"}), ("off", {"type": "disabled"}), ("auto", None)],
)
async def test_think(qq: QQ, glm: FakeGLM, mode: str, field: object) -> None:
    """思考方式下一问就生效，看得到。"""
    assert mode in await glm_says(qq, f"think {mode}")
    await qq.talk(USER, "问")
    assert glm.chats[-1].get("thinking") == field
    assert mode in await glm_says(qq, "think")
    assert f"思考：{mode}" in await glm_says(qq, "status")


async def test_wrong_think(qq: QQ, glm: FakeGLM) -> None:
    """没有这种思考方式时说有哪些。"""
    told = await glm_says(qq, "think maybe")
    assert all(mode in told for mode in ("on", "off", "auto"))


async def test_status(qq: QQ, glm: FakeGLM) -> None:
    """现状：模型、范围、轮数、上一轮的用量与缓存、密钥。"""
    await qq.talk(USER, "长" * 1000)
    await qq.talk(USER, "再问")
    told = await glm_says(qq, "status")
    assert "glm-4.7-flash" in told
    assert "私聊" in told
    assert "2 轮" in told
    assert "密钥：有效" in told
    found = re.search(r"提示 (\d+) token（其中 (\d+) 命中缓存）", told)
    assert found
    assert int(found[1]) > int(found[2]) > 500


async def test_status_of_a_revoked_key(qq: QQ, glm: FakeGLM) -> None:
    """密钥被吊销时现状里说无效。"""
    glm.revoked.add(glm.api_key)
    assert "密钥：无效" in await glm_says(qq, "status")
