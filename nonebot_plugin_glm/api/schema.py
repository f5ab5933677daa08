"""请求体与回应体：送出去的严格，读进来的宽容。

出处：docs.bigmodel.cn「对话补全」页；温度与 top_p 的两端官方 SDK 都避开。
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from ..domain import Message, Thinking, Usage, well_formed
from ..exception import ProtocolError
from .delta import Delta
from .errors import raise_for_finish
from .models import ModelInfo, Needs, ThinkingControl
from .thinking import thinking_fields
from .tools import ToolRound, ToolSpec, read_calls, round_messages, tool_field


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """一次对话补全。"""

    model: str
    messages: tuple[Message, ...]
    thinking: Thinking = Thinking.OFF
    temperature: float | None = None
    """0 到 1，`None` 用模型的默认值"""
    top_p: float | None = None
    max_tokens: int | None = None
    """思考与回答合计的上限，超过模型的上限时取模型的"""
    stream: bool = True
    tools: tuple[ToolSpec, ...] = ()
    """模型可以用的工具；不会用工具的模型得不到"""
    rounds: tuple[ToolRound, ...] = ()
    """这一问里已经用过工具的回合，接在 `messages` 之后"""
    prompt_tokens: int = 0
    """提示大约多少 token，只用来看后备模型装不装得下"""
    whose: Hashable = None
    """谁的请求：名额不够时各家轮流，`None` 也是一家"""

    @property
    def needs(self) -> Needs:
        """要模型会什么。"""
        return Needs(
            self.prompt_tokens,
            self.thinking is Thinking.ON,
            bool(self.tools or self.rounds),
        )


def request_body(
    request: ChatRequest, info: ModelInfo, control: ThinkingControl, *, official: bool
) -> dict[str, Any]:
    """得到请求体；没有设置的字段不发。"""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": _messages(request),
        "stream": request.stream,
        **_usage_option(request, official=official),
        **thinking_fields(request.thinking, control, official=official),
    }
    if request.tools and info.tools:
        body["tools"] = [tool_field(spec) for spec in request.tools]
    if request.temperature is not None:
        body["temperature"] = _inside(request.temperature)
    if request.top_p is not None:
        body["top_p"] = _inside(request.top_p)
    if request.max_tokens is not None:
        body["max_tokens"] = min(
            request.max_tokens, info.max_output or request.max_tokens
        )
    return body


def _messages(request: ChatRequest) -> list[dict[str, Any]]:
    said = [{"role": m.role, "content": m.content} for m in request.messages]
    return [*said, *(m for done in request.rounds for m in round_messages(done))]


def _usage_option(request: ChatRequest, *, official: bool) -> dict[str, Any]:
    """自建的 vLLM 之类在流里要了才报用量；智谱的总在最后一帧里。"""
    wanted = request.stream and not official
    return {"stream_options": {"include_usage": True}} if wanted else {}


def _inside(value: float) -> float:
    return round(min(max(value, 0.01), 0.99), 2)


def parse_reply(data: object, field: str) -> Delta:
    """读一个回应或流里的一帧。

    参数:
        data: 解出的 JSON
        field: 正文所在：整体回应是 `message`，流是 `delta`

    异常:
        ProtocolError: 没有 `choices`
        GLMError: 结束原因是一种失败
    """
    if not isinstance(data, dict):
        raise ProtocolError("回应不是 JSON 对象")
    choices = data.get("choices")
    if not isinstance(choices, list):
        raise ProtocolError("回应里没有 choices")
    choice = choices[0] if choices and isinstance(choices[0], dict) else {}
    message = choice.get(field)
    message = message if isinstance(message, dict) else {}
    finish = _string(choice.get("finish_reason"))
    if finish:
        raise_for_finish(finish, data)
    # 流里几乎每一帧都只有正文：没有的就不去读
    calls = message.get("tool_calls")
    reasoning = message.get("reasoning_content")
    return Delta(
        text=_text(message.get("content")),
        finish=finish,
        usage=usage_in(data) if "usage" in data else None,
        model=_string(data.get("model")),
        calls=read_calls(calls) if calls else (),
        reasoning=_text(reasoning) if reasoning else "",
    )


def _text(content: object) -> str:
    """正文可以是字符串、`null`，或 GLM-4V 的分段列表。"""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (part.get("text") for part in content if isinstance(part, dict))
        return "".join(part for part in parts if isinstance(part, str))
    return ""


def usage_in(reply: object) -> Usage | None:
    """回应里报的用量，没有报是 `None`。"""
    data = reply.get("usage") if isinstance(reply, dict) else None
    if not isinstance(data, dict):
        return None
    return Usage(
        prompt_tokens=_count(data, "prompt_tokens"),
        cached_tokens=_count(data.get("prompt_tokens_details"), "cached_tokens"),
        completion_tokens=_count(data, "completion_tokens"),
        reasoning_tokens=_count(
            data.get("completion_tokens_details"), "reasoning_tokens"
        ),
    )


def _count(data: object, name: str) -> int:
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, int) and value >= 0 else 0


def _string(value: object) -> str:
    return well_formed(value) if value and isinstance(value, str) else ""
