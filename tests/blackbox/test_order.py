"""先后：一个会话里一个接一个，会话之间互不等待。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.fake_glm.faults import Error, Ok
from tests.real_bot import QQ

from .patience import wait_until

GROUP = 300
COUNT = 20


@pytest.mark.row(5)
async def test_twenty_at_once_in_one_group(qq: QQ, glm: FakeGLM) -> None:
    """二十个人同时各说一句：按次序各答一次，各引用自己的提问，历史交替。"""
    glm.delay = 0.02
    asking = [await qq.ask(GROUP, 5 + i, f"第{i}句") for i in range(COUNT)]
    answers = await qq.collect(COUNT)
    assert [sent.quoted for sent in answers] == [str(each) for each in asking]
    for number, sent in enumerate(answers):
        assert sent.text.endswith(f"第{number}句")
    roles = [m["role"] for m in glm.chats[-1]["messages"]]
    assert roles == ["system", *["user", "assistant"] * (COUNT - 1), "user"]
    assert await qq.silence(0.3)
    assert glm.max_in_flight == 1


async def test_two_groups_in_parallel(qq: QQ, glm: FakeGLM) -> None:
    """两个群与一个私聊同时问，互不等待，各答各的。"""
    glm.hold()
    for group in (GROUP + 1, GROUP + 2):
        await qq.ask(group, 5, f"问自{group}")
    await qq.private(5, "问自私聊")
    await wait_until(lambda: glm.in_flight == 3)
    glm.release()
    answers = await qq.collect(3)
    for sent in answers:
        assert sent.text.endswith(f"问自{sent.group_id or '私聊'}")


@pytest.mark.row(13)
async def test_a_failure_does_not_stop_the_queue(qq: QQ, glm: FakeGLM) -> None:
    """排着队的提问，前面的失败了，后面的照样回答。"""
    glm.delay = 0.1
    glm.script(Ok(), Error.of(1211), Ok(), Error.of(1301), Ok())
    asking = [await qq.ask(GROUP + 3, 5 + i, f"第{i}句") for i in range(5)]
    answers = await qq.collect(5)
    assert [sent.quoted for sent in answers] == [str(each) for each in asking]
    spoken = [m["content"] for m in glm.chats[-1]["messages"]]
    assert [f"第{i}句" in "".join(spoken) for i in range(5)] == [
        True, False, True, False, True,
    ]  # fmt: skip
