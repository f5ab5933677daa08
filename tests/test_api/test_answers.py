"""正常的回答：取法、用量、思考与各种写法。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.domain import Answer, Thinking, Usage
from nonebot_plugin_glm.exception import EmptyAnswerError
from tests.fake_glm import FakeGLM, faults

from .talk import MODEL, ONCE, WAYS, Connect, ask, chat, gather

THOUGHT = "先想想这道秘密的题"


@WAYS
async def test_reasoning_is_never_shown(
    glm: FakeGLM, connect: Connect, way: str
) -> None:
    """思考打开时 reasoning_content 不外传。"""
    glm.reasoning = THOUGHT
    assert await ask(connect(), way, thinking=Thinking.ON) == "收到：你好"
    assert glm.chats[0]["thinking"] == {"type": "enabled"}


@WAYS
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"<think>{THOUGHT}</think>答案", "答案"),
        (f"<THINK>{THOUGHT}</THINK>答案", "答案"),
        (f"答案<think>{THOUGHT}", "答案"),
        ("<|begin_of_box|>答案<|end_of_box|>", "答案"),
        (f"<think>{THOUGHT}</think><|begin_of_box|>答案<|end_of_box|> <", "答案 <"),
    ],
)
async def test_thinking_inside_content(
    glm: FakeGLM, connect: Connect, way: str, text: str, shown: str, size: int
) -> None:
    """写在正文里的思考不外传，不论流怎样切。"""
    glm.chunk_size = size
    glm.script(faults.Ok(text))
    assert await ask(connect(), way) == shown


@pytest.mark.parametrize("way", ["whole", "collected"])
async def test_missing_opening(glm: FakeGLM, connect: Connect, way: str) -> None:
    """缺了开头的思考也不进完整的回答。"""
    glm.script(faults.Ok(f"{THOUGHT}</THINK>\n答案"))
    assert await ask(connect(), way) == "答案"


@WAYS
async def test_inline_model(glm: FakeGLM, connect: Connect, way: str) -> None:
    """GLM-4.1V 关不掉的思考也滤掉。"""
    glm.reasoning = THOUGHT
    answer = await ask(connect(), way, model="glm-4.1v-thinking-flash")
    assert answer == "收到：你好"


@WAYS
async def test_thinking_that_never_ends(
    glm: FakeGLM, connect: Connect, way: str
) -> None:
    """只有思考的回答是空回答。"""
    glm.always(faults.Ok(f"<think>{THOUGHT}"))
    with pytest.raises(EmptyAnswerError) as caught:
        await ask(connect(retry=ONCE), way)
    assert caught.value.finish == "stop"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("usage_chunk", [False, True])
async def test_usage(
    glm: FakeGLM, connect: Connect, stream: bool, usage_chunk: bool
) -> None:
    """用量与模型读得出，流里放在单独的块里也一样。"""
    glm.usage_chunk, glm.null_finish = usage_chunk, usage_chunk
    glm.reasoning = "想" * 7
    client = connect()
    request = chat("问" * 600, model="glm-4.7", thinking=Thinking.ON, stream=stream)
    await client.complete(request)
    answer = await client.complete(request)
    assert answer.usage == Usage(600, 600, 610, 7)
    assert (answer.model, answer.finish, answer.saved) == ("glm-4.7", "stop", True)


async def test_stream_pieces(glm: FakeGLM, connect: Connect) -> None:
    """流一段段给人看，结束原因、用量与模型在最后。"""
    glm.answer = "一二三四五六七八九"
    got: list[str] = []
    answer = await gather(connect(), got)
    assert got == ["一二三四", "五六七八", "九"]
    assert answer == Answer(glm.answer, MODEL, "stop", Usage(2, 0, 9, 0))


@WAYS
@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("  答案\n", "答案"),
        ([{"type": "text", "text": "答"}, {"type": "text", "text": "案"}], "答案"),
        ([{"type": "image"}, "杂", {"type": "text", "text": "答案"}], "答案"),
    ],
)
async def test_content_shapes(
    glm: FakeGLM, connect: Connect, way: str, content: object, text: str
) -> None:
    """正文可以是字符串，也可以是分段的列表。"""
    glm.script(faults.Content(content))
    assert (await ask(connect(), way)).strip() == text
