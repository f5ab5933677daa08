"""函数工具：告诉模型有哪些，读懂它要用哪个，把结果送回去。

出处：docs.bigmodel.cn「对话补全」与「函数调用」页。调用可以一次到齐，也可以拆成几段，
后来的段不一定再带编号与名字。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..domain import Answer, well_formed


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """模型可以用的一个工具。"""

    name: str
    description: str
    parameters: Mapping[str, Any]
    """参数的 JSON Schema"""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """模型要用一次工具，或流里的一段。"""

    id: str
    name: str
    arguments: str
    """参数的 JSON 文本，由模型写，不一定合法"""
    index: int = 0
    """同一回合里的第几个"""


@dataclass(frozen=True, slots=True)
class Reply:
    """模型的一个回合：说完了，或者要用工具。"""

    answer: Answer
    """要用工具，或用工具之前已经说过时，正文可以为空"""
    calls: tuple[ToolCall, ...] = ()
    reasoning: str = ""
    """思考的内容，只为在用完工具之后原样送回"""


@dataclass(frozen=True, slots=True)
class ToolRound:
    """用过工具的一个回合，调用与结果总是成对的。"""

    text: str
    reasoning: str
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]
    """与 `calls` 一一对应，从不为空串"""


def tool_field(spec: ToolSpec) -> dict[str, Any]:
    """一个工具在请求体里的样子。"""
    function = {
        "name": spec.name,
        "description": spec.description,
        "parameters": spec.parameters,
    }
    return {"type": "function", "function": function}


def round_messages(done: ToolRound) -> list[dict[str, Any]]:
    """一个回合在消息序列里的样子：要用的工具，然后是各个结果。"""
    asked: dict[str, Any] = {"role": "assistant", "content": done.text}
    if done.reasoning:
        asked["reasoning_content"] = done.reasoning
    asked["tool_calls"] = [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for call in done.calls
    ]
    answered = [
        {"role": "tool", "tool_call_id": call.id, "content": result}
        for call, result in zip(done.calls, done.results, strict=True)
    ]
    return [asked, *answered]


def read_calls(data: object) -> tuple[ToolCall, ...]:
    """读出一帧或整个回应里的 `tool_calls`；读不懂的部分当作没有。"""
    if not isinstance(data, list):
        return ()
    items = [(n, item) for n, item in enumerate(data) if isinstance(item, dict)]
    return tuple(_read_call(item, position) for position, item in items)


def merged_calls(parts: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    """把各段合成完整的调用，没有名字的不要；没有编号的补一个。"""
    calls: dict[int, ToolCall] = {}
    for part in parts:
        known = calls.get(part.index, ToolCall("", "", "", part.index))
        calls[part.index] = ToolCall(
            part.id or known.id,
            part.name or known.name,
            known.arguments + part.arguments,
            part.index,
        )
    named = [calls[index] for index in sorted(calls) if calls[index].name]
    return tuple(
        replace(call, id=call.id or f"call_{n}", arguments=well_formed(call.arguments))
        for n, call in enumerate(named)
    )


def _read_call(item: Mapping[str, Any], position: int) -> ToolCall:
    index = item.get("index")
    function = item.get("function")
    function = function if isinstance(function, dict) else {}
    return ToolCall(
        _string(item.get("id")),
        _string(function.get("name")),
        # 半个代理对要等合起来才认得，这里不动
        arguments if isinstance(arguments := function.get("arguments"), str) else "",
        index if isinstance(index, int) else position,
    )


def _string(value: object) -> str:
    return well_formed(value) if isinstance(value, str) else ""
