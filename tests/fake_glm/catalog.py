"""模型目录：上下文、输出上限、思考方式与缓存支持，事实取自 API 说明第 5 节。"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class Thinking(enum.Enum):
    """模型对 thinking 参数的态度。"""

    ALWAYS = "always"
    """总在思考，拒绝关闭。"""
    SWITCH = "switch"
    """默认思考，可以关闭。"""
    INLINE = "inline"
    """总在思考，写进 content 的 <think> 标签里。"""
    NONE = "none"
    """不思考，忽略参数。"""


@dataclass(frozen=True, slots=True)
class Model:
    """一个模型的限制。"""

    name: str
    context: int
    """上下文窗口，单位 token。"""
    cap: int
    """max_tokens 上限。"""
    thinking: Thinking = Thinking.SWITCH
    images: int = 0
    """一次最多几张图片，0 表示只收文本。"""
    cached: bool = True
    """是否支持上下文缓存。"""
    reports_reasoning: bool = True
    """用量里是否有 completion_tokens_details。"""


_ALWAYS: Final = Thinking.ALWAYS
_INLINE: Final = Thinking.INLINE
_NONE: Final = Thinking.NONE
_K: Final = 1000
_M: Final = 1000 * _K

_MODELS: Final = (
    Model("glm-5.3", _M, 131072, _ALWAYS),
    Model("glm-5.3-flash", _M, 131072, _ALWAYS, 50),
    Model("glm-5.3-flashx", _M, 131072, _ALWAYS, 50),
    Model("glm-5.2", _M, 131072),
    Model("glm-5.1", 200 * _K, 131072),
    Model("glm-5-turbo", 200 * _K, 131072),
    Model("glm-5", 200 * _K, 131072, reports_reasoning=False),
    Model("glm-4.7", 200 * _K, 131072),
    Model("glm-4.7-flashx", 200 * _K, 131072),
    Model("glm-4.7-flash", 200 * _K, 131072),
    Model("glm-4.6", 200 * _K, 131072),
    Model("glm-4.5", 128 * _K, 131072),
    Model("glm-4.5-x", 128 * _K, 131072),
    Model("glm-4.5-air", 128 * _K, 98304, reports_reasoning=False),
    Model("glm-4.5-airx", 128 * _K, 98304),
    Model("glm-4.5-flash", 128 * _K, 98304, reports_reasoning=False),
    Model("glm-4-flash-250414", 128 * _K, 16384, _NONE, cached=False),
    Model("glm-4-flashx-250414", 128 * _K, 16384, _NONE),
    Model("glm-4-long", _M, 4095, _NONE),
    Model("glm-4-plus", 128 * _K, 4095, _NONE),
    Model("glm-4-air-250414", 128 * _K, 4095, _NONE),
    Model("glm-4-airx", 8 * _K, 4095, _NONE, cached=False),
    Model("glm-4-assistant", 128 * _K, 4095, _NONE, cached=False),
    Model("glm-5v-turbo", 200 * _K, 131072, images=50),
    Model("glm-4.6v", 128 * _K, 32768, images=50),
    Model("glm-4.6v-flashx", 128 * _K, 32768, images=50),
    Model("glm-4.6v-flash", 128 * _K, 32768, images=50),
    Model("glm-4.5v", 64 * _K, 16384, images=50),
    Model("glm-4.1v-thinking-flash", 64 * _K, 16384, _INLINE, 50, cached=False),
    Model("glm-4.1v-thinking-flashx", 64 * _K, 16384, _INLINE, 50, cached=False),
    Model("glm-4v-flash", 16 * _K, 1024, _NONE, 1, cached=False),
    Model("charglm-4", 8 * _K, 4096, _NONE),
    Model("emohaa", 8 * _K, 4096, _NONE),
)

MODELS: Final[Mapping[str, Model]] = {model.name: model for model in _MODELS}
"""全部可以对话的模型，键是模型名。"""

NO_BASE64: Final = frozenset({"glm-4v-flash"})
"""图片只收网址的模型。"""

LISTED: Final = (
    "glm-4.5", "glm-4.5-air", "glm-4.6", "glm-4.7", "glm-5", "glm-5-turbo",
    "glm-5.1", "glm-5.2", "glm-5.3", "glm-5.3-flash", "glm-5.3-flashx",
)  # fmt: skip
"""/models 列出的模型，免费与视觉模型不在其中却可用。"""
