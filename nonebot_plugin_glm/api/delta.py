"""回答的一段。"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain import Usage


@dataclass(frozen=True, slots=True)
class Delta:
    """回答的一段；`text` 已去掉思考内容。"""

    text: str = ""
    finish: str = ""
    """结束原因，只在最后一段非空"""
    usage: Usage | None = None
    model: str = ""
