"""旁听与插话：听到的随提问带上，该插话时插一句，刚答过的人不必再 @。"""

from __future__ import annotations

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

from .conftest import Tune

GROUP, ALICE, BOB = 1401, 1402, 1403


def last(glm: FakeGLM) -> str:
    """最后一个提问的正文。"""
    return glm.chats[-1]["messages"][-1]["content"]


async def test_overheard_messages_go_with_the_question(
    qq: QQ, glm: FakeGLM, tune: Tune
) -> None:
    """最近三句闲谈随提问带上，不进历史；别的群听不到；重置就忘记。"""
    await tune(GLM_CONTEXT_MESSAGES="3")
    for number in range(5):
        await qq.group(GROUP, BOB, f"闲谈{number}")
    await qq.group(GROUP, BOB, "/ping")
    await qq.next()
    await qq.call(GROUP, ALICE, "总结一下")
    heard = "".join(f"⟦旁听｜昵称{BOB}｜{BOB}⟧ 闲谈{n}\n" for n in (2, 3, 4))
    assert last(glm) == f"{heard}⟦昵称{ALICE}｜{ALICE}⟧ 总结一下"
    await qq.call(GROUP, ALICE, "再问")
    assert "旁听" not in glm.chats[-1]["messages"][1]["content"]
    await qq.call(GROUP + 1, ALICE, "别的群")
    assert "闲谈" not in last(glm)
    await qq.group(GROUP, ALICE, "/glm reset", role="admin")
    await qq.next()
    await qq.call(GROUP, ALICE, "还听到什么")
    assert "闲谈" not in last(glm)


async def test_closed_groups_are_not_overheard(
    qq: QQ, glm: FakeGLM, tune: Tune
) -> None:
    """关掉聊天的群不听：再打开时，其间的闲谈没有留下。"""
    await tune(GLM_CONTEXT_MESSAGES="3")
    await qq.group(GROUP, ALICE, "/glm off", role="admin")
    await qq.next()
    await qq.group(GROUP, BOB, "悄悄话")
    await qq.group(GROUP, ALICE, "/glm on", role="admin")
    await qq.next()
    await qq.call(GROUP, ALICE, "听到什么")
    assert "悄悄话" not in last(glm)


async def test_nothing_is_overheard_by_default(qq: QQ, glm: FakeGLM) -> None:
    """默认不听。"""
    await qq.group(GROUP, BOB, "闲谈")
    await qq.call(GROUP, ALICE, "总结一下")
    assert "闲谈" not in last(glm)


async def test_joins_at_a_keyword(qq: QQ, glm: FakeGLM) -> None:
    """群里设了关键词就插话，歇够了才有下一次；失败了不出声。"""
    await qq.group(GROUP, ALICE, "/glm join keywords 天气", role="admin")
    assert "天气" in (await qq.next()).text
    await qq.group(GROUP, BOB, "今天天气真好")
    assert "今天天气真好" in (await qq.next()).text
    await qq.group(GROUP, BOB, "明天天气呢")
    await qq.group(GROUP + 1, BOB, "别的群的天气")
    assert await qq.silence(0.4)
    await qq.group(GROUP, ALICE, "/glm join default", role="admin")
    assert "关键词（keywords）无" in (await qq.next()).text


async def test_follow_up_without_mention(qq: QQ, glm: FakeGLM, tune: Tune) -> None:
    """刚答过的人接着说不必再 @；对别人说的、别人说的都不算。"""
    await tune(GLM_FOLLOW_SECONDS="600")
    await qq.call(GROUP, ALICE, "问一句")
    await qq.group(GROUP, BOB, "别人的闲谈")
    assert await qq.silence(0.3)
    await qq.group(GROUP, ALICE, [{"type": "at", "data": {"qq": "5"}}])
    assert await qq.silence(0.3)
    await qq.group(GROUP, ALICE, "接着问")
    assert "接着问" in (await qq.next()).text
