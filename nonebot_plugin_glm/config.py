"""设置：每个 `GLM_*` 键，只在启动时经 `get_plugin_config` 读一次。

一项都不设也能加载；不合规矩的值在启动时说清是哪一个键、该怎么写，
而不带出它的值，因为那可能是密钥。
"""

from __future__ import annotations

import re
from typing import Any, Literal, get_type_hints

from nonebot import get_plugin_config
from nonebot.compat import field_validator
from pydantic import BaseModel, Field, ValidationError

from .config_errors import ConfigError as ConfigError
from .config_errors import Names as Names
from .config_errors import explain
from .domain import Thinking

_LISTS = (
    "glm_models",
    "glm_fallback_models",
    "glm_groups",
    "glm_users",
    "glm_join_keywords",
)
_TEXTS = (
    "glm_api_key",
    "glm_model",
    "glm_system_prompt",
    "glm_base_url",
    "glm_proxy",
    "glm_rate_limit",
    "glm_group_rate_limit",
)
_RATE = re.compile(r"[1-9]\d*/[1-9]\d*s")


class Config(BaseModel):
    """所有设置。"""

    glm_api_key: str = ""
    """智谱的 API 密钥，在 https://open.bigmodel.cn 的控制台领取"""
    glm_auth: Literal["auto", "jwt", "bearer"] = "auto"
    """认证方式：auto 对形如 id.secret 的密钥签 JWT，其他直接作 Bearer"""
    glm_base_url: str = "https://open.bigmodel.cn/api/paas/v4"
    """接口地址；国际站是 https://api.z.ai/api/paas/v4，也可以是自建的 vLLM、SGLang"""
    glm_proxy: str = ""
    """访问 GLM 用的 HTTP 代理，如 http://127.0.0.1:7890；空则照环境变量"""
    glm_model: str = "glm-4.7-flash"
    """默认模型，任何名字都可以；默认的这个免费"""
    glm_models: Names = []
    """允许用 /glm model 选择的模型，JSON 数组或逗号分隔；空则为内置目录"""
    glm_fallback_models: Names = ["glm-4-flash-250414"]
    """模型过载时依次改用的模型，写法同上，写 [] 则不改用"""
    glm_thinking: Thinking = Thinking.OFF
    """回答前是否思考：on、off、auto（由模型决定）；关不掉的模型会用最低一档"""
    glm_system_prompt: str = "你是一个友善的聊天助手，用对方的语言回答，简洁、准确。"
    """系统提示；写空则没有"""
    glm_temperature: float | None = Field(default=None, ge=0, le=1)
    """温度，0 到 1；不设则用模型的默认值"""
    glm_top_p: float | None = Field(default=None, ge=0, le=1)
    """核采样，0 到 1；不设则用模型的默认值"""
    glm_max_tokens: int | None = Field(default=None, ge=1)
    """一个回答（含思考）最多多少 token；不设则用模型的默认值"""
    glm_stream: bool = True
    """边写边发：写完一段发一段；关掉则写完了一次发出"""
    glm_group_scope: Literal["group", "member"] = "group"
    """群里的历史：group 全群共用一份，member 每个成员一份"""
    glm_history_turns: int = Field(default=60, ge=0, le=1000)
    """提问时最多带上最近多少轮；超过时一次裁到一半"""
    glm_context_tokens: int = Field(default=24000, ge=0)
    """提问时历史最多占多少 token（估计值）；超过时一次裁到一半"""
    glm_timeout: float = Field(default=180, gt=0)
    """一个提问最多用多少秒，重试也算在内"""
    glm_connect_timeout: float = Field(default=10, gt=0)
    """连接 GLM 最多等多少秒"""
    glm_read_timeout: float = Field(default=60, gt=0)
    """两次收到数据之间最多等多少秒"""
    glm_max_retries: int = Field(default=3, ge=0, le=10)
    """忙、内部错误或断线时，每个模型最多重试几次"""
    glm_max_concurrency: int = Field(default=64, ge=1)
    """最多同时有多少个请求在途"""
    glm_message_chars: int = Field(default=2000, ge=100)
    """一条消息最多多少字，更长的回答按段落分成几条"""
    glm_max_segments: int = Field(default=4, ge=1)
    """一个回答最多分几条发，余下的都在最后一条里"""
    glm_forward_chars: int = Field(default=1000, ge=100)
    """超过多少字就用合并转发，平台没有合并转发则仍分条发"""
    glm_forward_depth: int = Field(default=3, ge=0, le=10)
    """引用或发来的聊天记录展开几层，0 为不展开"""
    glm_merge_seconds: float = Field(default=3, ge=0, le=60)
    """同一个人在多少秒内接着说的话并成一个提问，已经开始回答的就另答；0 为不并"""
    glm_notice_seconds: float = Field(default=20, ge=0)
    """等了多少秒还没有回答就说一声还在想，0 为不说"""
    glm_max_queue: int = Field(default=30, ge=1)
    """一个会话里最多有几个提问在等"""
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
    glm_priority: int = Field(default=98, ge=2)
    """聊天响应器的优先级；/glm 命令的优先级比它高（小）1"""

    @field_validator(*_LISTS, mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """接受逗号分隔的写法。"""
        if isinstance(value, str | int | float):
            value = str(value).replace("，", ",").split(",")
        if not isinstance(value, list):
            return value
        return [name for item in value if (name := str(item).strip())]

    @field_validator(*_TEXTS, mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        """NoneBot 把形如数字的值读成数字，这里变回文本。"""
        return str(value).strip() if isinstance(value, str | int | float) else value

    @field_validator("glm_temperature", "glm_top_p", "glm_max_tokens", mode="before")
    @classmethod
    def _unset(cls, value: Any) -> Any:
        """`.env` 里写成空的，就是没有设置。"""
        return None if value == "" else value

    @field_validator("glm_rate_limit", "glm_group_rate_limit")
    @classmethod
    def _rate(cls, value: str) -> str:
        """次数、斜线、秒数。"""
        if value and not _RATE.fullmatch(value.replace(" ", "")):
            raise ValueError("应写成 10/60s 的样子")
        return value.replace(" ", "")

    @field_validator("glm_base_url", "glm_model")
    @classmethod
    def _given(cls, value: str) -> str:
        """没有地址或模型名就什么都问不了，不必等到第一个提问才知道。"""
        if not value:
            raise ValueError("应有内容，删去这一行即用默认值")
        return value

    @field_validator("glm_base_url", "glm_proxy")
    @classmethod
    def _http(cls, value: str) -> str:
        """只接受 HTTP 的地址。"""
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("应以 http:// 或 https:// 开头")
        return value.rstrip("/")


def load_config() -> Config:
    """读设置。

    异常:
        ConfigError: 有不合规矩的键
    """
    try:
        return get_plugin_config(Config)
    except ValidationError as exc:
        hints = get_type_hints(Config)
        sentences = dict.fromkeys(explain(error, hints) for error in exc.errors())
    raise ConfigError(f"请修改 .env 里的设置：{'；'.join(sentences)}")
