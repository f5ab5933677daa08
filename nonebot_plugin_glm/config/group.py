"""设置：群里与私聊里的规矩。"""

from __future__ import annotations

from typing import Any, Literal

from nonebot.compat import field_validator
from pydantic import BaseModel, Field

from .values import Names, as_text, checked_rate, split_names


class GroupSettings(BaseModel):
    """群里与私聊里的规矩：谁能聊、多快、插不插话。"""

    glm_group_scope: Literal["group", "member"] = "group"
    """群里的历史：group 全群共用一份，member 每个成员一份"""
    glm_rate_limit: str = ""
    """一个人最多多快地问，如 10/60s；空则不限，超级用户不受限"""
    glm_group_rate_limit: str = ""
    """一个群最多多快地问，写法同上"""
    glm_groups: Names = []
    """只在这些群里聊天，空则都可以；前面加减号的群不聊，写法同 GLM_MODELS"""
    glm_users: Names = []
    """只与这些人聊天，空则都可以；前面加减号的人不聊；超级用户不受限"""
    glm_friends: bool = True
    """是否回答好友的私聊"""
    glm_strangers: bool = True
    """是否回答陌生人的私聊（从群里发起的临时会话）"""
    glm_context_messages: int = Field(default=0, ge=0, le=200)
    """提问时带上此前群里不是对机器人说的多少条话，只在内存里；0 为不听"""
    glm_join_probability: float = Field(default=0, ge=0, le=1)
    """没有叫它时也插话的概率，0 到 1；各群可用 /glm join 另设"""
    glm_join_keywords: Names = []
    """听到这些词就插话，写法同 GLM_MODELS；各群可另设"""
    glm_join_cooldown: float = Field(default=300, ge=0)
    """两次插话至少隔多少秒；各群可另设"""
    glm_follow_seconds: float = Field(default=0, ge=0)
    """刚回答过的人在多少秒内接着说，不必再 @；0 为仍要 @；各群可另设"""

    @field_validator("glm_groups", "glm_users", "glm_join_keywords", mode="before")
    @classmethod
    def _group_names(cls, value: Any) -> Any:
        return split_names(value)

    @field_validator("glm_rate_limit", "glm_group_rate_limit", mode="before")
    @classmethod
    def _group_text(cls, value: Any) -> Any:
        return as_text(value)

    @field_validator("glm_rate_limit", "glm_group_rate_limit")
    @classmethod
    def _group_rate(cls, value: str) -> str:
        return checked_rate(value)
