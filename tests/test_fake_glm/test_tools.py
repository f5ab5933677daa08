"""函数工具：要用时的形状与抓包一致，送回来的消息要配对。"""

import json
from typing import Any

import httpx
import pytest

from tests.fake_glm import FakeGLM, faults

from .talk import ask, assistant, chunks_of, error_of, user

TOOL = {"type": "function", "function": {"name": "bash", "description": "执行"}}
ARGUMENTS = '{"command":"date","why":"看时间"}'


def call(identity: str = "call_1", arguments: str = "{}") -> dict[str, Any]:
    """一个工具调用。"""
    function = {"name": "bash", "arguments": arguments}
    return {"id": identity, "type": "function", "function": function}


def calling(*calls: Any, content: Any = "") -> dict[str, Any]:
    """要用工具的助手消息。"""
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def result(identity: str = "call_1") -> dict[str, Any]:
    """工具的结果。"""
    return {"role": "tool", "tool_call_id": identity, "content": "好"}


async def test_stream_of_one_call(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """参数一次到齐，那一块没有 role 也没有 content，最后一块说明缘由。"""
    glm.script(faults.ToolCalls((("bash", ARGUMENTS),)))
    chunks = chunks_of(await ask(http, stream=True, tools=[TOOL]))
    assert len(chunks) == 2
    assert list(chunks[0]) == ["id", "created", "object", "model", "choices"]
    [choice] = chunks[0]["choices"]
    assert list(choice) == ["index", "delta"]
    assert list(choice["delta"]) == ["tool_calls"]
    [made] = choice["delta"]["tool_calls"]
    assert list(made) == ["id", "index", "type", "function"]
    assert len(made["id"]) == len("call_417fb00c5b2d4aada7fa6665")
    assert made["function"] == {"name": "bash", "arguments": ARGUMENTS}
    assert chunks[1]["choices"][0] == {
        "index": 0,
        "finish_reason": "tool_calls",
        "delta": {"role": "assistant", "content": ""},
    }
    assert chunks[1]["usage"]["completion_tokens"] > 0


async def test_stream_in_pieces(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """拆成几块时，编号与名字只在第一块；正文在工具之前。"""
    calls = (("bash", ARGUMENTS), ("bash", "{}"))
    glm.script(faults.ToolCalls(calls, text="稍等", pieces=5))
    chunks = chunks_of(await ask(http, stream=True, tools=[TOOL]))
    assert chunks[0]["choices"][0]["delta"]["content"] == "稍等"
    parts = [
        chunk["choices"][0]["delta"]["tool_calls"][0]
        for chunk in chunks
        if "tool_calls" in chunk["choices"][0]["delta"]
    ]
    first = [part for part in parts if part["index"] == 0]
    assert len(first) > 3
    assert "".join(part["function"]["arguments"] for part in first) == ARGUMENTS
    assert ["id" in part for part in first] == [True] + [False] * (len(first) - 1)


async def test_whole(glm: FakeGLM, http: httpx.AsyncClient) -> None:
    """非流式时在 message 里。"""
    glm.script(faults.ToolCalls((("bash", ARGUMENTS),)))
    [choice] = (await ask(http, tools=[TOOL])).json()["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] == ""
    [made] = choice["message"]["tool_calls"]
    assert json.loads(made["function"]["arguments"]) == json.loads(ARGUMENTS)


GOOD = {
    "result last": [user("一"), calling(call()), result()],
    "null content": [user("一"), calling(call(), content=None), result()],
    "words too": [user("一"), calling(call(), content="稍等"), result()],
    "two": [
        user("一"),
        calling(call("a"), call("b", ARGUMENTS)),
        result("b"),
        result("a"),
    ],
    "again": [user("一"), calling(call("a")), result("a"), calling(call()), result()],
    "talk goes on": [
        user("一"),
        calling(call()),
        result(),
        assistant("二"),
        user("三"),
    ],
}


@pytest.mark.parametrize("messages", GOOD.values(), ids=GOOD)
async def test_good(
    glm: FakeGLM, http: httpx.AsyncClient, messages: list[dict[str, Any]]
) -> None:
    """配好对的得到回答。"""
    assert (await ask(http, messages=messages)).status_code == 200
    assert glm.invalid == []


BAD = {
    "no call": [user("一"), result()],
    "no result": [user("一"), calling(call()), user("二")],
    "no result at the end": [user("一"), calling(call())],
    "one of two": [user("一"), calling(call("a"), call("b")), result("a")],
    "wrong id": [user("一"), calling(call("a")), result("b")],
    "twice": [user("一"), calling(call()), result(), result()],
    "same id": [user("一"), calling(call(), call()), result()],
    "no user": [calling(call()), result()],
    "user follows": [user("一"), calling(call()), result(), user("二")],
    "bad arguments": [user("一"), calling(call(arguments="{")), result()],
    "arguments of a list": [user("一"), calling(call(arguments="[]")), result()],
    "no type": [user("一"), calling({"id": "call_1"}), result()],
    "no id": [user("一"), calling(call("")), result("")],
    "empty result": [user("一"), calling(call()), {**result(), "content": ""}],
}


@pytest.mark.parametrize("messages", BAD.values(), ids=BAD)
async def test_bad(
    glm: FakeGLM, http: httpx.AsyncClient, messages: list[dict[str, Any]]
) -> None:
    """没有配对的一律 1214。"""
    assert error_of(await ask(http, messages=messages)) == (400, "1214")
    assert len(glm.invalid) == 1
