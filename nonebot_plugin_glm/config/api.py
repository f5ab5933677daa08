"""设置：GLM 在哪里、用哪个模型、怎么问。"""

from __future__ import annotations

from typing import Any, Literal

from nonebot.compat import field_validator
from pydantic import BaseModel, Field

from ..domain import Thinking
from .values import Names, as_text, given, http_address, split_names, unset_if_blank


class APISettings(BaseModel):
    """GLM 在哪里、用哪个模型、怎么问。"""

    glm_api_key: str = ""
    """智谱的 API 密钥，在 https://open.bigmodel.cn 的控制台领取"""
    glm_api_keys: Names = []
    """更多的密钥，写法同 GLM_MODELS；请求分到各个密钥上，一个用不了就换下一个"""
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
    """模型过载、接连失败或排队太长时依次改用的模型，写法同上，写 [] 则不改用"""
    glm_show_fallback: bool = False
    """后备模型代答时是否在回答末尾说一声"""
    glm_thinking: Thinking = Thinking.OFF
    """回答前是否思考：on、off、auto（由模型决定）；关不掉的模型会用最低一档"""
    glm_temperature: float | None = Field(default=None, ge=0, le=1)
    """温度，0 到 1；不设则用模型的默认值"""
    glm_top_p: float | None = Field(default=None, ge=0, le=1)
    """核采样，0 到 1；不设则用模型的默认值"""
    glm_max_tokens: int | None = Field(default=None, ge=1)
    """一个回答（含思考）最多多少 token；不设则用模型的默认值"""
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

    @field_validator("glm_api_keys", "glm_models", "glm_fallback_models", mode="before")
    @classmethod
    def _api_names(cls, value: Any) -> Any:
        return split_names(value)

    @field_validator(
        "glm_api_key", "glm_model", "glm_base_url", "glm_proxy", mode="before"
    )
    @classmethod
    def _api_text(cls, value: Any) -> Any:
        return as_text(value)

    @field_validator("glm_temperature", "glm_top_p", "glm_max_tokens", mode="before")
    @classmethod
    def _api_unset(cls, value: Any) -> Any:
        return unset_if_blank(value)

    @field_validator("glm_base_url", "glm_model")
    @classmethod
    def _api_given(cls, value: str) -> str:
        return given(value)

    @field_validator("glm_base_url", "glm_proxy")
    @classmethod
    def _api_http(cls, value: str) -> str:
        return http_address(value)
