"""照设置请一位画师；没有装画图的库就没有，回答照旧是文本。"""

from __future__ import annotations

from nonebot import get_driver
from nonebot.log import logger

from ..message.picture.painter import Painter
from ..message.picture.studio import Studio, has_kit
from .runtime import config

MISSING = (
    "GLM_RENDER=image，却没有装画图的库，回答仍是文本；"
    '请 pip install "nonebot-plugin-glm[image]"'
)

studio = Studio() if has_kit() else None
"""画图的进程，用到时才开；没有装画图的库就没有。"""


def painter() -> Painter | None:
    """现在的画师，不画就没有。"""
    if studio is None or config.glm_render == "text":
        return None
    return Painter(
        config.glm_render, config.glm_theme, config.glm_forward_chars, studio
    )


@get_driver().on_startup
async def remind() -> None:
    """主人要图而没有装，就说一声怎么装。"""
    if studio is None and config.glm_render == "image":
        logger.warning(MISSING)


@get_driver().on_shutdown
async def close() -> None:
    """关掉画图的进程。"""
    if studio is not None:
        await studio.aclose()
