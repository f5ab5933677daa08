"""画师：照设置决定一段回答要不要画成图，用哪一套颜色。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from ...domain import BEIJING
from .choosing import Mode, fits_picture, needs_picture, worth_picture
from .studio import Studio

Theme = Literal["light", "dark", "auto"]
"""见 Config 的 `glm_theme`。"""
NIGHT, MORNING = 19, 7
"""天黑与天亮的钟点，北京时间。"""


def is_dark(theme: Theme, hour: int) -> bool:
    """北京时间 `hour` 点用不用深色。"""
    if theme == "auto":
        return hour >= NIGHT or hour < MORNING
    return theme == "dark"


class Painter:
    """画师。

    参数:
        mode: 什么样的回答画成图
        theme: 颜色
        long: 超过多少字算长
        studio: 画图的进程
        now: 时钟，给出北京时间
    """

    def __init__(
        self,
        mode: Mode,
        theme: Theme,
        long: int,
        studio: Studio,
        now: Callable[[], datetime] = lambda: datetime.now(BEIJING),
    ) -> None:
        self._mode: Mode = mode
        self._theme: Theme = theme
        self._long = long
        self._studio = studio
        self._now = now

    def waits_for(self, block: str) -> bool:
        """从这一块起是不是要等写完了一起画，边写边送的到此为止。"""
        if not self._studio.usable:
            return False
        if self._mode == "auto":
            return fits_picture(block) and needs_picture(block)
        return self._mode == "image"

    async def paint(self, markdown: str) -> bytes | None:
        """画成一张 PNG；不值得画、画不成是 `None`。"""
        if not self._studio.usable or not worth_picture(
            markdown, self._mode, self._long
        ):
            return None
        dark = is_dark(self._theme, self._now().hour)
        return await self._studio.paint(markdown, dark=dark)

    async def draw(self, html: str) -> bytes | None:
        """把写好的一页画成 PNG；画不成是 `None`。"""
        return await self._studio.draw(html) if self._studio.usable else None
