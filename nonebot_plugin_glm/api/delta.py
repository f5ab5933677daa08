"""回答的一段。"""

from __future__ import annotations

from typing import NamedTuple

from ..domain import Usage
from .tools import ToolCall


class Delta(NamedTuple):
    """回答的一段；`text` 里可能有思考内容。

    一个回答有几百段，冻结的 dataclass 造一个要三倍的时间。
    """

    text: str = ""
    finish: str = ""
    """结束原因，只在最后一段非空"""
    usage: Usage | None = None
    model: str = ""
    calls: tuple[ToolCall, ...] = ()
    """要用的工具，或它的一段"""
    reasoning: str = ""
    """思考的一段，从不给人看"""
