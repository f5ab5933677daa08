"""模型用工具：一问之内来回几个回合，给人看的是连起来的一个回答。

历史里只有最后的回答，工具的来回不存：没有配对的工具消息会让之后的每一问都被拒绝。
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from ..api.collecting import WasteReport
from ..api.tools import Reply, ToolCall, ToolRound, ToolSpec
from ..domain import Answer, Reader

if TYPE_CHECKING:
    from ..api.schema import ChatRequest

Ask = Callable[["ChatRequest", Reader], Awaitable[Reply]]
"""问一个回合。"""

MOST_ROUNDS = 3
"""一问最多几个请求；最后一个不再给工具，模型只好回答。"""
NO_SUCH_TOOL = "没有这个工具。"
BAD_ARGUMENTS = "参数不是 JSON 对象，没有执行。"


class Tool(Protocol):
    """模型可以用的工具。"""

    @property
    def spec(self) -> ToolSpec:
        """怎样告诉模型。"""
        ...

    async def use(self, arguments: Mapping[str, Any]) -> str:
        """用一次，返回说给模型听的结果，不为空。"""
        ...


async def converse(
    ask: Ask,
    request: ChatRequest,
    reader: Reader,
    tools: Sequence[Tool],
    on_round: WasteReport,
) -> Answer:
    """问到模型不再用工具为止；没有工具就是问一次。

    参数:
        ask: 问一个回合
        request: 请求
        reader: 边写边看的人
        tools: 模型可以用的工具
        on_round: 用了工具、没有成为回答的回合的去处，用于记账

    异常:
        GLMError: 哪个回合失败都算失败
    """
    if not tools:
        return (await ask(request, reader)).answer
    known = {tool.spec.name: tool for tool in tools}
    request = replace(request, tools=tuple(tool.spec for tool in tools))
    rounds = Rounds(reader)
    reply = Reply(Answer("", request.model))
    for left in reversed(range(MOST_ROUNDS)):
        if not left:
            request = replace(request, tools=())
        reply = await ask(request, rounds)
        if not reply.calls:
            break
        on_round(reply.answer.model, reply.answer.usage)
        rounds.close(reply.answer.text)
        done = await _use(reply, known)
        request = replace(request, rounds=(*request.rounds, done))
    return replace(reply.answer, text=rounds.joined(reply.answer.text))


async def _use(reply: Reply, tools: Mapping[str, Tool]) -> ToolRound:
    """用一遍模型要用的工具。"""
    calls: list[ToolCall] = []
    results: list[str] = []
    for call in reply.calls:
        arguments = _arguments_of(call)
        tool = tools.get(call.name)
        if tool is None:
            results.append(NO_SUCH_TOOL)
        elif arguments is None:
            results.append(BAD_ARGUMENTS)
        else:
            results.append(await tool.use(arguments))
        # 不合法的参数原样送回去会被拒绝
        calls.append(call if arguments is not None else replace(call, arguments="{}"))
    return ToolRound(reply.answer.text, reply.reasoning, tuple(calls), tuple(results))


def _arguments_of(call: ToolCall) -> dict[str, Any] | None:
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return None
    return arguments if isinstance(arguments, dict) else None


class Rounds:
    """看几个回合的人：对他来说是一个连起来的回答，重试一个回合不重写之前的。"""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._parts: list[str] = []
        self.text = ""
        """之前的回合里写出的，末尾空一行"""

    @property
    def seen(self) -> bool:
        """这个回合是否已经看到了一部分。"""
        return bool(self._parts) and self._reader.seen

    def restart(self) -> None:
        """从头再写这个回合；之前的已经看到了就接着它写。"""
        self._parts.clear()
        if not self._reader.seen:
            self._reader.restart()
            if self.text:
                self._reader.read(self.text)

    def read(self, text: str) -> None:
        """又写出了一段；一个回合不以空白开头。"""
        if not self._parts:
            text = text.lstrip()
        if text:
            self._parts.append(text)
            self._reader.read(text)

    def close(self, text: str) -> None:
        """这个回合写完了，补上还压着没给人看的，空一行。"""
        written = "".join(self._parts)
        self._parts.clear()
        if not text:
            return
        rest = text[len(written) :] if text.startswith(written) else ""
        if not rest and written.rstrip() != text:
            written = text  # 补上了开头的思考：给人看过的那一段不算
        self._reader.read(f"{rest}\n\n")
        self.text += f"{written}{rest}\n\n"

    def joined(self, text: str) -> str:
        """加上最后一个回合的回答。"""
        return (self.text + text).strip()
