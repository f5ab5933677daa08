"""结束原因的测试：每一种，流式与非流式。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.domain import Usage
from nonebot_plugin_glm.exception import (
    ContentFilteredError,
    ContextTooLongError,
    EmptyAnswerError,
    GLMError,
    NetworkError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import ONCE, WAYS, Connect, answering, ask, chat, frame, gather, streamed

HALF = "说到一半的回答"
STREAM = pytest.mark.parametrize("stream", [False, True])


@STREAM
@pytest.mark.parametrize("reason", ["stop", "length", "tool_calls", "brand_new"])
async def test_answered(
    glm: FakeGLM, connect: Connect, stream: bool, reason: str
) -> None:
    """正常的、没听说过的结束原因都算答完，原因照实记下。"""
    glm.script(faults.Finish(reason))
    answer = await connect().complete(chat(stream=stream))
    assert (answer.text, answer.finish) == (HALF, reason)


@WAYS
@pytest.mark.parametrize(
    ("reason", "cls", "requests"),
    [
        ("sensitive", ContentFilteredError, 1),
        ("network_error", NetworkError, 4),
        ("model_context_window_exceeded", ContextTooLongError, 1),
    ],
)
@pytest.mark.parametrize("text", ["", HALF])
async def test_failed(
    glm: FakeGLM,
    connect: Connect,
    way: str,
    reason: str,
    cls: type[GLMError],
    requests: int,
    text: str,
) -> None:
    """结束原因本身是失败：说到一半的话不算回答，已经看见的不重试。"""
    glm.always(faults.Finish(reason, text))
    with pytest.raises(cls):
        await ask(connect(), way)
    shown = way == "streamed" and text
    assert len(glm.chats) == (1 if shown else requests)


@WAYS
async def test_sensitive_tells_whose(glm: FakeGLM, connect: Connect, way: str) -> None:
    """成功回应里的 `content_filter` 也读得出是谁的内容。"""
    glm.script(faults.Finish("sensitive"))
    with pytest.raises(ContentFilteredError) as caught:
        await ask(connect(), way)
    assert (caught.value.role, caught.value.status) == ("assistant", 200)


async def test_sensitive_in_mid_stream(glm: FakeGLM, connect: Connect) -> None:
    """已经给出的几段之后才被拦截，也会报告。"""
    glm.script(faults.Finish("sensitive"))
    got: list[str] = []
    with pytest.raises(ContentFilteredError):
        await gather(connect(), got)
    assert "".join(got) == HALF


@WAYS
@pytest.mark.parametrize(
    ("reason", "requests"), [("length", 1), ("stop", 2), ("tool_calls", 2), ("x", 2)]
)
async def test_empty(
    glm: FakeGLM, connect: Connect, way: str, reason: str, requests: int
) -> None:
    """没有正文是空回答；思考用完额度的不再问，其他的再问一次。"""
    glm.always(faults.Finish(reason, " \n"))
    with pytest.raises(EmptyAnswerError) as caught:
        await ask(connect(), way)
    assert caught.value.finish == reason
    assert len(glm.chats) == requests


@WAYS
async def test_thinking_ate_the_budget(
    glm: FakeGLM, connect: Connect, way: str
) -> None:
    """思考用完了 max_tokens，一个请求就知道。"""
    glm.reasoning = "想" * 50
    with pytest.raises(EmptyAnswerError) as caught:
        await ask(connect(), way, model="glm-5.3", max_tokens=10)
    assert caught.value.finish == "length"
    assert len(glm.chats) == 1


@pytest.mark.parametrize("ending", [b"data: [DONE]\n\n", b""])
async def test_usage_after_the_finish(connect: Connect, ending: bytes) -> None:
    """结束之后还有只带用量的块：用量算数，结束原因不变。"""
    usage = {"choices": [], "usage": {"prompt_tokens": 3}}
    frames = [frame("好"), frame("", "length"), usage]
    client = connect(transport=answering(streamed(*frames, ending=ending)), retry=ONCE)
    answer = await client.complete(chat())
    assert (answer.finish, answer.usage) == ("length", Usage(prompt_tokens=3))


async def test_no_done_after_the_finish(connect: Connect) -> None:
    """有结束原因就算说完，不必有 [DONE]。"""
    reply = streamed(frame("好", "stop"), ending=b"")
    assert await ask(connect(transport=answering(reply)), "streamed") == "好"
