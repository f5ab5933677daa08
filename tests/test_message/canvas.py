"""测试共用的假画室：不画，记下要画什么，给一张假的图。"""

from __future__ import annotations

from datetime import datetime

from nonebot_plugin_glm.message.picture.choosing import Mode
from nonebot_plugin_glm.message.picture.painter import BEIJING, Painter, Theme
from nonebot_plugin_glm.message.picture.studio import Studio

PNG = b"\x89PNG"


class Canvas(Studio):
    """不画的画室；`broken` 的什么也画不成。"""

    def __init__(self, *, broken: bool = False) -> None:
        super().__init__()
        self.painted: list[tuple[str, bool]] = []
        self._broken = broken

    async def paint(self, markdown: str, *, dark: bool) -> bytes | None:
        """记下一张。"""
        self.painted.append((markdown, dark))
        return None if self._broken else PNG

    async def draw(self, html: str) -> bytes | None:
        """记下一页。"""
        return await self.paint(html, dark=False)


def painter_on(
    canvas: Canvas, mode: Mode = "auto", theme: Theme = "light", hour: int = 12
) -> Painter:
    """在假画室里画的人，那里总是 `hour` 点。"""
    now = datetime(2026, 11, 25, hour, tzinfo=BEIJING)
    return Painter(mode, theme, 1000, canvas, lambda: now)
