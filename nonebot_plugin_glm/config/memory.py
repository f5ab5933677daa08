"""设置：提问时带上什么。"""

from __future__ import annotations

from typing import Any

from nonebot.compat import field_validator
from pydantic import BaseModel, Field

from .values import as_text, postgresql_address


class MemorySettings(BaseModel):
    """提问时带上什么：系统提示与历史。"""

    glm_system_prompt: str = "你是一个友善的聊天助手，用对方的语言回答，简洁、准确。"
    """默认的人设，可以写占位 {bot}、{group}、{time}、{date}；写空则没有"""
    glm_history_turns: int = Field(default=200, ge=0, le=1000)
    """提问时最多带上最近多少轮；超过时一次裁到一半"""
    glm_context_tokens: int = Field(default=24000, ge=0)
    """提问时历史最多占多少 token，照 GLM 报告的用量估计；超过时一次裁到一半"""
    glm_auto_memory: bool = False
    """模型可以自己记下值得记的事，如同 /glm remember；每个请求会多几百 token"""
    glm_retention_days: int = Field(default=0, ge=0, le=36500)
    """存下的轮留多少天，过期就删去，账本里那时的名字也删去；0 为一直留着"""
    glm_database_url: str = ""
    """几台机器共用的 PostgreSQL，如 postgresql://用户:密码@主机/库；空则用数据目录里的文件"""
    glm_summary: bool = True
    """快装不下的历史先在后台写成摘要，不耽误回答；关掉则只裁掉"""
    glm_summary_model: str = ""
    """用哪个模型写摘要；空则用免费的，自建的服务器用会话自己的模型"""

    @field_validator(
        "glm_system_prompt", "glm_summary_model", "glm_database_url", mode="before"
    )
    @classmethod
    def _memory_text(cls, value: Any) -> Any:
        return as_text(value)

    @field_validator("glm_database_url")
    @classmethod
    def _memory_postgresql(cls, value: str) -> str:
        return postgresql_address(value)
