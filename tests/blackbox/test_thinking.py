"""思考从不外传。"""

from __future__ import annotations

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ

USER = 851


@pytest.mark.row(17)
@pytest.mark.parametrize(
    "answer",
    [
        "<think>悄悄想</think>看得见",
        "<think>\n悄悄想\n</think>\n\n看得见",
        "悄悄想</think>看得见",
        "<THINK>悄悄想</THINK>看得见",
        "看得见<think>悄悄想",
        "<think>悄悄想</think>看得见<think>悄悄想</think>",
        "<|begin_of_box|>看得见<|end_of_box|>",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
async def test_thoughts_never_appear(
    qq: QQ, glm: FakeGLM, answer: str, size: int
) -> None:
    """思考不进聊天也不进历史，标签被切开、缺头、没有结尾都是。"""
    glm.answer, glm.chunk_size = answer, size
    assert (await qq.talk(USER, "想一想")).text == "看得见"
    await qq.talk(USER, "然后呢")
    assert "悄悄" not in str(glm.chats[-1]["messages"])


async def test_reasoning_never_appears(qq: QQ, glm: FakeGLM) -> None:
    """思考开着时 reasoning_content 也不进聊天与历史。"""
    glm.reasoning = "悄悄想"
    await qq.talk(USER, "/glm think on")
    assert (await qq.talk(USER, "想一想")).text == "收到：想一想"
    assert glm.chats[-1]["thinking"] == {"type": "enabled"}
    await qq.talk(USER, "然后呢")
    assert "悄悄" not in str(glm.chats[-1]["messages"])
