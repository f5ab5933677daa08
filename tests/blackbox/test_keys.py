"""密钥：一个中途被停用，人只看到回答，主人知道一次；上游说出来的也不外泄。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error
from tests.real_bot import QQ, Sent, fragments

from .conftest import API_KEY, SECOND_KEY, SUPERUSER, Launch
from .sentence import check_sentence

GROUP, PEOPLE = 1001, (501, 502, 503, 504)
MODEL = "glm-4.7-flash"


def for_owner(sent: list[Sent]) -> list[str]:
    """告诉主人的话。"""
    return [each.text for each in sent if each.user_id == SUPERUSER]


async def answers(qq: QQ, texts: int) -> list[str]:
    """接下来这么多条，不算告诉主人的。"""
    heard: list[str] = []
    while len(heard) < texts:
        sent = await qq.next()
        if sent.user_id != SUPERUSER:
            heard.append(sent.text)
    return heard


async def test_key_revoked_in_the_middle(launch: Launch, glm: FakeGLM) -> None:
    """两个密钥都用着，一个被停用：每人只看到一个回答；主人收到一条私聊，没有密钥的片段。"""
    settings = {"GLM_API_KEYS": SECOND_KEY, "GLM_SHOW_FALLBACK": "true"}
    bot = await launch(GLM_MAX_RETRIES="0", **settings)
    qq = await bot.connect()
    for number, person in enumerate(PEOPLE):
        await qq.private(person, f"第{number}问")
    assert sorted(await answers(qq, 4)) == [f"收到：第{n}问" for n in range(4)]
    assert {glm.key_of(request) for request in glm.requests} == {API_KEY, SECOND_KEY}

    glm.revoked.add(API_KEY)
    for number, person in enumerate(PEOPLE):
        await qq.private(person, f"又第{number}问")
    assert sorted(await answers(qq, 4)) == [f"收到：又第{n}问" for n in range(4)]
    assert "收到" in (await qq.call(GROUP, PEOPLE[0], "群里也问")).text
    told = for_owner(qq.sent)
    assert len(told) == 1
    assert "第 1 个密钥" in told[0]
    assert not any(piece in told[0] for piece in fragments([API_KEY, SECOND_KEY]))
    status = (await qq.talk(PEOPLE[0], "/glm status")).text
    assert "密钥：2 个，1 个可用，有效；第 1 个搁置到" in status

    glm.busy[MODEL] = 1
    said = (await qq.talk(PEOPLE[0], "忙的时候")).text
    assert said.startswith("收到：忙的时候")
    assert "glm-4-flash-250414 答的" in said
    history = (await qq.talk(PEOPLE[0], "再问")).text
    assert "收到：再问" in history
    assert all("答的" not in m["content"] for m in glm.chats[-1]["messages"][1:])
    assert len(for_owner(qq.sent)) == 1


@pytest.mark.row(28)
async def test_upstream_repeating_the_key(quick: QQ, glm: FakeGLM) -> None:
    """上游的说明里重复了密钥与令牌：聊天与日志里都没有（日志由夹具检查）。"""
    await quick.talk(PEOPLE[0], "先问一句")
    token = glm.requests[-1].headers["Authorization"].removeprefix("Bearer ")
    for secret in (API_KEY, token, API_KEY[5:20]):
        message = f"token {secret} invalid https://open.bigmodel.cn/?key={secret}"
        glm.always(Error(401, 1000, message))
        for user in (PEOPLE[0], SUPERUSER):
            await quick.private(user, "泄露吗")
        for sent in await quick.collect(3):
            check_sentence(sent.text)
            assert not any(p in sent.text for p in fragments([API_KEY, token]))
        glm.always(None)
        await quick.talk(PEOPLE[0], "恢复了")
