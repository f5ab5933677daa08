"""pictures：装了画图的库才有画师；主人要图而没有装，说一句怎么装。"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from nonebot.log import logger

from nonebot_plugin_glm.matchers import pictures
from nonebot_plugin_glm.matchers.pictures import MISSING
from nonebot_plugin_glm.message.picture.studio import Studio


@pytest.fixture
def log() -> Iterator[list[str]]:
    """INFO 以上的日志。"""
    lines: list[str] = []
    handler = logger.add(lines.append, level="INFO", format="{message}")
    yield lines
    logger.remove(handler)


@pytest.mark.parametrize(
    ("render", "said"), [("auto", []), ("text", []), ("image", [f"{MISSING}\n"])]
)
async def test_without_the_kit(
    log: list[str], monkeypatch: pytest.MonkeyPatch, render: str, said: list[str]
) -> None:
    """没有装就没有画师；只有主人要图时说一句怎么装。"""
    monkeypatch.setattr(pictures, "studio", None)
    monkeypatch.setattr(pictures.config, "glm_render", render)
    assert pictures.painter() is None
    await pictures.remind()
    await pictures.close()
    assert log == said


@pytest.mark.parametrize(
    ("render", "hired"), [("auto", True), ("text", False), ("image", True)]
)
async def test_with_the_kit(
    log: list[str], monkeypatch: pytest.MonkeyPatch, render: str, hired: bool
) -> None:
    """装了就有，`text` 不要；机器人里从不导入那个库。"""
    monkeypatch.setattr(pictures, "studio", Studio())
    monkeypatch.setattr(pictures.config, "glm_render", render)
    assert (pictures.painter() is not None) is hired
    await pictures.remind()
    await pictures.close()
    assert log == []
    assert "nonebot_plugin_htmlkit" not in sys.modules
