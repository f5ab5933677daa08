"""没有答成而报了用量的请求，各报一次；别的不报。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.domain import Usage
from nonebot_plugin_glm.exception import (
    ContentFilteredError,
    EmptyAnswerError,
    GLMError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import MODEL, Connect, answering, chat, frame, streamed

USAGE = {"prompt_tokens": 7, "completion_tokens": 5}


async def wasted(client: GLMClient, *, stream: bool = True) -> list[tuple[str, Usage]]:
    """问一次，返回白花了的。"""
    found: list[tuple[str, Usage]] = []
    try:
        request = chat(stream=stream)
        await client.complete(request, on_waste=lambda m, u: found.append((m, u)))
    except GLMError:
        pass
    return found


@pytest.mark.parametrize("stream", [True, False])
async def test_answers_are_not_waste(
    glm: FakeGLM, connect: Connect, stream: bool
) -> None:
    """答成了的，用量在回答里，不另报；没有报用量的失败也不报。"""
    glm.script(faults.Error.of("1234"))
    assert await wasted(connect(), stream=stream) == []
    glm.always(faults.Error.of("1305"))
    assert await wasted(connect(), stream=stream) == []


@pytest.mark.parametrize("stream", [True, False])
async def test_thinking_that_ate_the_budget(
    glm: FakeGLM, connect: Connect, stream: bool
) -> None:
    """思考用完了额度：没有内容，钱照付，换了模型也各报各的。"""
    glm.always(faults.Content("", "length"))
    ((model, usage),) = await wasted(connect(), stream=stream)
    assert model == MODEL
    assert usage.prompt_tokens > 0
    with pytest.raises(EmptyAnswerError):
        await connect().complete(chat(stream=stream))


async def test_filtered_whole_answer(glm: FakeGLM, connect: Connect) -> None:
    """整体回应被判不合适：结束原因是失败，用量还是报了。"""
    glm.always(faults.Finish("sensitive"))
    ((_, usage),) = await wasted(connect(), stream=False)
    assert usage.completion_tokens > 0
    with pytest.raises(ContentFilteredError):
        await connect().complete(chat(stream=False))


async def test_broken_after_usage(connect: Connect) -> None:
    """报过用量之后才坏了的流；报过几次的以最后一次为准。"""
    last = frame("二") | {"usage": USAGE}
    bad = streamed(
        frame("一") | {"usage": {"prompt_tokens": 1}}, last, ending=b"data: {\n\n"
    )
    good = streamed(frame("好", "stop") | {"usage": USAGE})
    client = connect(transport=answering(bad, good))
    assert await wasted(client) == [(MODEL, Usage(7, 0, 5))]
