"""设置：每个 `GLM_*` 键，只在启动时经 `get_plugin_config` 读一次。

一项都不设也能加载；不合规矩的值在启动时说清是哪一个键、该怎么写，
而不带出它的值，因为那可能是密钥。
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin, get_type_hints

from nonebot import get_plugin_config
from nonebot.compat import field_validator
from pydantic import BaseModel, Field, ValidationError

from .domain import Thinking

Names = list[str] | str
"""验证之后总是列表；写成联合，NoneBot 才肯把不是 JSON 的值也交给验证器。"""

_LISTS = ("glm_models", "glm_fallback_models")
_TEXTS = ("glm_api_key", "glm_model", "glm_system_prompt", "glm_base_url", "glm_proxy")


class ConfigError(ValueError):
    """设置不合规矩，文本说清是哪一个键。"""


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
    """用流式接口取回答：长回答不会因为读超时而丢；聊天里仍然一次发出"""
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
        sentences = dict.fromkeys(_explain(error) for error in exc.errors())
    raise ConfigError(f"请修改 .env 里的设置：{'；'.join(sentences)}")


def _explain(error: Any) -> str:
    """一个键错在哪里：自己写的句子照用，否则按范围或类型说。"""
    hints = get_type_hints(Config)
    # pydantic 1 的路径以 __root__ 开头
    key = next(str(part) for part in error["loc"] if part in hints)
    message = str(error["msg"]).removeprefix("Value error, ")
    if not message.startswith("应"):
        message = _bound(error) or _kind(hints[key])
    return f"{key.upper()} {message}"


def _bound(error: Any) -> str:
    """数值的范围；pydantic 2 写成 `{"le": 1}`，1 写成 `not_le` 与 `limit_value`。"""
    context = error.get("ctx") or {}
    old_name = str(error["type"]).rpartition("_")[2]
    for name, words in (("ge", "不小于"), ("gt", "大于"), ("le", "不大于")):
        value = context.get(
            name, context.get("limit_value") if name == old_name else None
        )
        if value is not None:
            return f"应{words} {value:g}"
    return ""


def _kind(hint: Any) -> str:
    options = get_args(hint) if get_origin(hint) is Literal else ()
    if isinstance(hint, type) and issubclass(hint, Thinking):
        options = tuple(option.value for option in hint)
    if options:
        return f"应是 {'、'.join(options)} 之一"
    if hint is bool:
        return "应是 true 或 false"
    if int in (hint, *get_args(hint)):
        return "应是整数"
    if float in (hint, *get_args(hint)):
        return "应是数字"
    return "应是用逗号分隔的名字或 JSON 数组" if hint == Names else "应是文本"
