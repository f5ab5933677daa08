"""模型目录：上下文、输出上限、思考方式、视觉、免费、并发。

出处：docs.bigmodel.cn 的模型概览与价格页，思考方式与上限以 2026-10-09 的实测为准。
目录每隔几周就变，所以不在目录里的名字一律放行，按保守的默认值对待。
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ThinkingControl(str, Enum):
    """一个模型的思考如何控制。"""

    NONE = "none"
    """不思考，或思考无法控制：什么都不发"""
    SWITCH = "switch"
    """`thinking.type` 可开可关，默认开"""
    EFFORT = "effort"
    """总是思考，只能用 `reasoning_effort` 调 low、high、max"""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """目录里的一个模型；单位 token。"""

    id: str
    context: int = 128_000
    max_output: int | None = None
    """输出上限（含思考），`None` 为未知"""
    thinking: ThinkingControl = ThinkingControl.SWITCH
    vision: bool = False
    free: bool = False
    tools: bool = True
    """会不会用函数工具"""
    concurrency: int | None = None
    """一个密钥至少同时能问几个，`None` 为不知道"""


@dataclass(frozen=True, slots=True)
class Needs:
    """一个提问要模型会什么。"""

    tokens: int = 0
    """装得下多少 token"""
    thinking: bool = False
    """先思考再回答"""
    tools: bool = False
    """用函数工具"""


_NONE, _EFFORT = ThinkingControl.NONE, ThinkingControl.EFFORT

CATALOGUE: dict[str, ModelInfo] = {
    info.id: info
    for info in (
        ModelInfo("glm-5.3", 1_000_000, 131_072, _EFFORT),
        ModelInfo("glm-5.3-flash", 1_000_000, 131_072, _EFFORT, vision=True),
        ModelInfo("glm-5.3-flashx", 1_000_000, 131_072, _EFFORT, vision=True),
        ModelInfo("glm-5.2", 1_000_000, 131_072),
        ModelInfo("glm-5.1", 200_000, 131_072),
        ModelInfo("glm-5-turbo", 200_000, 131_072),
        ModelInfo("glm-5", 200_000, 131_072),
        ModelInfo("glm-4.7", 200_000, 131_072),
        ModelInfo("glm-4.7-flashx", 200_000, 131_072),
        ModelInfo("glm-4.7-flash", 200_000, 131_072, free=True, concurrency=1),
        ModelInfo("glm-4.6", 200_000, 131_072),
        ModelInfo("glm-4.5", 128_000, 98_304),
        ModelInfo("glm-4.5-air", 128_000, 98_304),
        ModelInfo("glm-4.5-airx", 128_000, 98_304),
        ModelInfo("glm-4.5-flash", 128_000, 98_304, free=True),
        ModelInfo("glm-4-flash-250414", 128_000, 16_384, _NONE, free=True),
        ModelInfo("glm-4-flashx-250414", 128_000, 16_384, _NONE),
        ModelInfo("glm-4-long", 1_000_000, 4_095, _NONE),
        ModelInfo("glm-4-plus", 128_000, 4_095, _NONE),
        ModelInfo("glm-4-air-250414", 128_000, 4_095, _NONE),
        ModelInfo("glm-4-airx", 8_000, 4_095, _NONE),
        ModelInfo("glm-5v-turbo", 200_000, 131_072, vision=True),
        ModelInfo("glm-4.6v", 128_000, 32_768, vision=True),
        ModelInfo("glm-4.6v-flashx", 128_000, 32_768, vision=True),
        ModelInfo("glm-4.6v-flash", 128_000, 32_768, vision=True, free=True),
        ModelInfo("glm-4.5v", 64_000, 16_384, vision=True, tools=False),
        ModelInfo("glm-4.1v-thinking-flash", 64_000, None, _NONE, True, True, False),
        ModelInfo("glm-4.1v-thinking-flashx", 64_000, None, _NONE, True, False, False),
        ModelInfo("glm-4v-flash", 16_000, 1_024, _NONE, True, True, False),
    )
}


def model_info(model: str) -> ModelInfo:
    """查目录；不在目录里的名字得到保守的默认值。"""
    return CATALOGUE.get(model) or ModelInfo(model)


def can_serve(info: ModelInfo, needs: Needs) -> bool:
    """这个模型是否胜任；不在目录里的按默认值看。"""
    thinks = info.thinking is not ThinkingControl.NONE
    able = (thinks or not needs.thinking) and (info.tools or not needs.tools)
    return able and needs.tokens < info.context
