"""一次回答的全部数据：写什么、用量多少、以什么形式送出。"""

from dataclasses import dataclass, replace
from typing import Any

from .faults import MISSING


@dataclass(frozen=True, slots=True)
class Usage:
    """用量，单位 token；None 表示响应里没有这一项。"""

    prompt: int
    completion: int
    cached: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """一条完整的回答。"""

    id: str
    request_id: str
    created: int
    """Unix 时间，单位秒。"""
    model: str
    content: object
    """通常是文字，故障编排时可以是任意 JSON 值或 MISSING。"""
    reasoning: str
    finish: str
    usage: Usage | None
    content_filter: tuple[tuple[str, int], ...] = ()
    """内容安全记录，每项是角色与级别。"""
    tool_calls: tuple[dict[str, Any], ...] = ()
    """要用的工具，形状与抓包一致。"""

    def message(self) -> dict[str, object]:
        """非流式响应里的 message，键的顺序同抓包。"""
        message: dict[str, object] = {"content": self.content, "role": "assistant"}
        if self.content is MISSING:
            del message["content"]
        if self.reasoning:
            message["reasoning_content"] = self.reasoning
        if self.tool_calls:
            message["tool_calls"] = list(self.tool_calls)
        return message


@dataclass(frozen=True, slots=True)
class Scene:
    """一条回答连同送出它的方式。"""

    completion: Completion
    stream: bool = False
    chunk_size: int = 4
    """每块的字符数。"""
    chunk_delay: float = 0.0
    """块与块之间的秒数。"""
    null_finish: bool = False
    """未结束的块是否带 finish_reason: null。"""
    usage_chunk: bool = False
    """用量是否改放在单独的 choices 为空的块里。"""
    tool_pieces: int = 1
    """每个工具调用的参数分几块。"""

    def with_content(self, content: object, finish: str = "stop") -> "Scene":
        """换掉内容与结束原因，并去掉思考。"""
        completion = replace(
            self.completion, content=content, finish=finish, reasoning=""
        )
        return replace(self, completion=completion)
