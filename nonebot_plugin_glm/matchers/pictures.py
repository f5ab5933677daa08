"""照设置请一位画师；没有装画图的库就没有，回答照旧是文本。"""

from __future__ import annotations

from nonebot import get_driver
from nonebot.log import logger

from ..config import Config
from ..message.picture.painter import Painter
from ..message.picture.studio import Studio, has_kit

MISSING = (
    "GLM_RENDER=image，却没有装画图的库，回答仍是文本；"
    '请 pip install "nonebot-plugin-glm[image]"'
)


def hire_painter(config: Config) -> Painter | None:
    """画师；画图的进程用到时才开，机器人关了就关。"""
    if config.glm_render == "text":
        return None
    if not has_kit():
        if config.glm_render == "image":
            logger.warning(MISSING)
        return None
    studio = Studio()
    get_driver().on_shutdown(studio.aclose)
    return Painter(
        config.glm_render, config.glm_theme, config.glm_forward_chars, studio
    )
