"""设置：一个提问怎样等、一个回答怎样发。"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class AnswerSettings(BaseModel):
    """一个提问怎样等、一个回答怎样发。"""

    glm_stream: bool = True
    """边写边发：写完一段发一段；关掉则写完了一次发出"""
    glm_message_chars: int = Field(default=2000, ge=100)
    """一条消息最多多少字，更长的回答按段落分成几条"""
    glm_max_segments: int = Field(default=4, ge=1)
    """一个回答最多分几条发，余下的都在最后一条里"""
    glm_forward_chars: int = Field(default=1000, ge=100)
    """超过多少字就用合并转发，平台没有合并转发则仍分条发"""
    glm_render: Literal["auto", "text", "image"] = "auto"
    """什么画成图：auto 是代码、表格、公式与长文，text 不画，image 是一切 Markdown"""
    glm_theme: Literal["light", "dark", "auto"] = "light"
    """图的颜色：light 浅色，dark 深色，auto 在北京时间的晚上用深色"""
    glm_forward_depth: int = Field(default=3, ge=0, le=10)
    """引用或发来的聊天记录展开几层，0 为不展开"""
    glm_merge_seconds: float = Field(default=3, ge=0, le=60)
    """同一个人在多少秒内接着说的话并成一个提问，已经开始回答的就另答；0 为不并"""
    glm_notice_seconds: float = Field(default=20, ge=0)
    """等了多少秒还没有回答就说一声还在想，0 为不说"""
    glm_max_queue: int = Field(default=30, ge=1)
    """一个会话里最多有几个提问在等"""
    glm_shutdown_seconds: float = Field(default=8, ge=0, le=600)
    """关机时最多等多少秒，让正在回答的答完；0 为不等"""
    glm_priority: int = Field(default=98, ge=2)
    """聊天与 /glm 命令的响应器的优先级"""
