"""设置：提问时带上什么。"""

from __future__ import annotations

from typing import Any

from nonebot.compat import field_validator
from pydantic import BaseModel, Field

from .values import as_text


class MemorySettings(BaseModel):
    """提问时带上什么：系统提示与历史。"""

    glm_system_prompt: str = "你是一个友善的聊天助手，用对方的语言回答，简洁、准确。"
    """系统提示；写空则没有"""
    glm_history_turns: int = Field(default=60, ge=0, le=1000)
    """提问时最多带上最近多少轮；超过时一次裁到一半"""
    glm_context_tokens: int = Field(default=24000, ge=0)
    """提问时历史最多占多少 token（估计值）；超过时一次裁到一半"""

    @field_validator("glm_system_prompt", mode="before")
    @classmethod
    def _memory_text(cls, value: Any) -> Any:
        return as_text(value)
