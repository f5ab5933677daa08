"""函数工具：请求体里的样子，回应里一次到齐或一段段来的调用。"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.models import CATALOGUE
from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.api.tools import (
    Reply,
    ToolCall,
    ToolRound,
    ToolSpec,
    merged_calls,
    read_calls,
)
from nonebot_plugin_glm.domain import Message, Thinking, well_formed
from nonebot_plugin_glm.exception import EmptyAnswerError, NetworkError
from tests.fake_glm import FakeGLM, faults

from .talk import ONCE, Connect, answering, chat, frame, streamed, whole
from .test_body import body_of

SPEC = ToolSpec("remember", "记下", {"type": "object", "properties": {}})
FIELD = {
    "type": "function",
    "function": {
        "name": "remember",
        "description": "记下",
        "parameters": {"type": "object", "properties": {}},
    },
}
ARGUMENTS = '{"text":"爱吃辣 😀"}'
STREAMS = pytest.mark.parametrize("stream", [True, False])


def asking(**fields: Any) -> ChatRequest:
    """带着工具的一次提问。"""
    return chat(tools=(SPEC,), **fields)


def test_tools_in_the_body() -> None:
    """有工具才发 `tools`；没有工具的请求体一个键也不多。"""
    assert body_of(asking())["tools"] == [FIELD]
    without = body_of(chat())
    assert set(body_of(asking())) - set(without) == {"tools"}
    assert set(without) == {"model", "messages", "stream", "thinking"}


@pytest.mark.parametrize("model", [*CATALOGUE, "not-in-the-catalogue"])
def test_models_without_tools(model: str) -> None:
    """不会用工具的模型得不到工具，别的照发。"""
    clumsy = model.startswith(("glm-4v-", "glm-4.1v-", "glm-4.5v"))
    assert ("tools" in body_of(asking(model=model))) is not clumsy


def test_rounds_in_the_body() -> None:
    """用过工具的回合接在最后：要用的、各个结果，思考的内容原样送回。"""
    calls = (ToolCall("a", "remember", "{}"), ToolCall("b", "remember", ARGUMENTS, 1))
    done = ToolRound("稍等", "想", calls, ("好", "也好"))
    silent = ToolRound("", "", calls[:1], ("好",))
    messages = body_of(chat(rounds=(done, silent)))["messages"]
    first, second, third, again, last = messages[1:]
    assert (first["role"], first["content"]) == ("assistant", "稍等")
    assert first["reasoning_content"] == "想"
    assert first["tool_calls"][1] == {
        "id": "b",
        "type": "function",
        "function": {"name": "remember", "arguments": ARGUMENTS},
    }
    assert second == {"role": "tool", "tool_call_id": "a", "content": "好"}
    assert third == {"role": "tool", "tool_call_id": "b", "content": "也好"}
    assert again["content"] == ""
    assert "reasoning_content" not in again
    assert last["tool_call_id"] == "a"


def named(reply: Reply) -> list[tuple[str, str]]:
    """要用的工具：名字与参数。"""
    return [(call.name, call.arguments) for call in reply.calls]


@STREAMS
@pytest.mark.parametrize("pieces", [1, 7])
@pytest.mark.parametrize("null_finish", [True, False])
async def test_calls_over_the_wire(
    connect: Connect, glm: FakeGLM, stream: bool, pieces: int, null_finish: bool
) -> None:
    """一次到齐的、拆成几段的、非流式的，读出来都一样；正文与用量也在。"""
    glm.null_finish = null_finish
    calls = (("remember", ARGUMENTS), ("remember", '{"text":"乙"}'))
    glm.script(faults.ToolCalls(calls, text="稍等", pieces=pieces))
    reply = await connect().reply(asking(stream=stream))
    assert named(reply) == list(calls)
    assert len({call.id for call in reply.calls}) == 2
    assert (reply.answer.text, reply.answer.finish) == ("稍等", "tool_calls")
    assert reply.answer.usage.prompt_tokens > 0


@STREAMS
async def test_thinking_is_kept_for_the_next_round(
    connect: Connect, glm: FakeGLM, stream: bool
) -> None:
    """要用工具时思考的内容留着，回答里没有；不用工具就不留。"""
    glm.script(faults.ToolCalls((("remember", "{}"),)))
    request = asking(stream=stream, thinking=Thinking.ON)
    reply = await connect().reply(request)
    assert (reply.reasoning, reply.answer.text) == (glm.reasoning, "")
    assert (await connect().reply(request)).reasoning == ""


async def test_a_round_is_accepted(connect: Connect, glm: FakeGLM) -> None:
    """送回的回合合规矩，模型接着回答。"""
    glm.script(faults.ToolCalls((("remember", ARGUMENTS),)))
    client = connect()
    reply = await client.reply(asking())
    done = ToolRound("", "", reply.calls, ("记下了。",))
    answer = await client.complete(chat(rounds=(done,)))
    assert answer.text == "收到：记下了。"
    assert glm.invalid == []


@STREAMS
async def test_broken_midway_is_asked_again(
    connect: Connect, glm: FakeGLM, stream: bool
) -> None:
    """断在半个调用上就重来，不会留下半截参数。"""
    glm.script(faults.CutStream(1), faults.ToolCalls((("remember", ARGUMENTS),)))
    reply = await connect().reply(asking(stream=stream))
    assert named(reply) == [("remember", ARGUMENTS)]


async def test_calls_nobody_asked_for(connect: Connect, glm: FakeGLM) -> None:
    """没有给工具，模型却要用：当作没有，只看正文。"""
    call = faults.ToolCalls((("remember", "{}"),), text="好")
    glm.script(call, faults.ToolCalls((("remember", "{}"),)))
    assert (await connect().complete(chat())).text == "好"
    with pytest.raises(EmptyAnswerError):
        await connect(retry=ONCE).complete(chat())


ODD = {
    "not a list": {"tool_calls": {"id": "a"}},
    "not objects": {"tool_calls": [1, None, "x"]},
    "no function": {"tool_calls": [{"id": "a"}]},
    "no name": {"tool_calls": [{"id": "a", "function": {"arguments": "{}"}}]},
    "null": {"tool_calls": None},
}


@pytest.mark.parametrize("message", ODD.values(), ids=ODD)
async def test_odd_calls(message: dict[str, Any]) -> None:
    """读不懂的调用当作没有。"""
    transport = answering(whole({"role": "assistant", "content": "好", **message}))
    client = GLMClient("a.b", auth="bearer", transport=transport)
    reply = await client.reply(asking(stream=False))
    assert (reply.answer.text, reply.calls) == ("好", ())
    await client.aclose()


def part(**fields: Any) -> dict[str, Any]:
    """流里的一段调用。"""
    return {"choices": [{"index": 0, "delta": {"tool_calls": [fields]}}]}


async def test_odd_fragments() -> None:
    """后来的段重复编号与名字、参数是 null、没有序号、代理对切开，都合得起来。"""
    halves = [
        part(id="a", function={"name": "remember", "arguments": '{"text":"\ud83d'}),
        part(id="a", index=0, function={"name": "remember", "arguments": '\ude00"}'}),
        part(id="", index=0, function={"name": None, "arguments": None}),
        part(index=1, function={"name": "other", "arguments": "{}"}),
    ]
    transport = answering(streamed(*halves, frame("", "tool_calls")))
    client = GLMClient("a.b", auth="bearer", transport=transport)
    reply = await client.reply(asking())
    assert reply.calls == (
        ToolCall("a", "remember", '{"text":"😀"}'),
        ToolCall("call_1", "other", "{}", 1),
    )
    await client.aclose()


@given(st.data())
def test_fragments_are_joined(data: st.DataObject) -> None:
    """不论怎样切、几个调用怎样交错，合起来都是原样。"""
    texts = data.draw(
        st.lists(st.text(max_size=20).map(well_formed), min_size=1, max_size=4)
    )
    wanted = [ToolCall(f"{n}", "t", text, n) for n, text in enumerate(texts)]
    waiting = [
        [ToolCall(c.id, c.name, "", c.index)]
        + [ToolCall("", "", char, c.index) for char in c.arguments]
        for c in wanted
    ]
    parts: list[ToolCall] = []
    while left := [queue for queue in waiting if queue]:
        parts.append(data.draw(st.sampled_from(left)).pop(0))
    assert merged_calls(parts) == tuple(wanted)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x)))
def test_anything_can_be_read(value: object) -> None:
    """什么样的 `tool_calls` 都不出错。"""
    assert isinstance(merged_calls(read_calls(value)), tuple)


def test_names_survive_json() -> None:
    """请求体写得成 JSON。"""
    done = ToolRound("", "", (ToolCall("a", "t", "{}"),), ("好",))
    request = ChatRequest("m", (Message("user", "问"),), tools=(SPEC,), rounds=(done,))
    assert json.loads(json.dumps(body_of(request)))["tools"] == [FIELD]


async def test_connection_failure_is_the_same() -> None:
    """连不上时与没有工具一样失败。"""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("x")

    transport = httpx.MockTransport(refuse)
    client = GLMClient("a.b", auth="bearer", transport=transport, retry=ONCE)
    with pytest.raises(NetworkError):
        await client.reply(asking())
    await client.aclose()
