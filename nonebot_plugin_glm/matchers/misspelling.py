"""写错的键：`.env` 里没有这一项的 `GLM_*`，也许是想写另一个。"""

from __future__ import annotations

from difflib import get_close_matches

from nonebot import get_driver
from nonebot.compat import model_dump, model_fields
from nonebot.log import logger

from ..config import Config

PREFIX = "glm_"
NAMES = frozenset(field.name for field in model_fields(Config))
"""每一项设置。"""
_BARE = {name.removeprefix(PREFIX): name.upper() for name in sorted(NAMES)}


def similar_keys(key: str) -> list[str]:
    """名字最近的至多三项设置，最近的在前，照 `.env` 的写法。"""
    close = get_close_matches(key.lower().removeprefix(PREFIX), _BARE, n=3)
    return [_BARE[name] for name in close]


def unknown_keys() -> list[str]:
    """`.env` 里写了而没有这一项的键；也可能是别的插件的。"""
    written = model_dump(get_driver().config)
    unknown = (n for n in written if n.startswith(PREFIX) and n not in NAMES)
    return sorted(name.upper() for name in unknown)


def hint(key: str) -> str:
    """想写的也许是哪一个；看不出是空串。"""
    close = similar_keys(key)
    return f"是不是 {'、'.join(close)}？" if close else ""


@get_driver().on_startup
async def remind() -> None:
    """像是写错了的键，启动时就说：它的值没有用上，人却以为设好了。"""
    for key in unknown_keys():
        if guess := hint(key):
            logger.warning(f"没有 {key} 这一项设置，{guess}")
