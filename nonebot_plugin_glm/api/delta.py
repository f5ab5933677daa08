"""回答的一段。"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain import Usage
from .tools import ToolCall


@dataclass(frozen=True, slots=True)
class Delta:
    """回答的一段；`text` 已去掉思考内容。"""

    text: str = ""
    finish: str = ""
    """结束原因，只在最后一段非空"""
    usage: Usage | None = None
    model: str = ""
    calls: tuple[ToolCall, ...] = ()
    """要用的工具，或它的一段"""
    reasoning: str = ""
    """思考的一段，从不给人看"""
