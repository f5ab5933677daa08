"""pictures：装了画图的库才有画师。"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from nonebot.compat import type_validate_python
from nonebot.log import logger

from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.matchers import pictures
from nonebot_plugin_glm.matchers.pictures import MISSING, hire_painter


@pytest.fixture
def log() -> Iterator[list[str]]:
    """INFO 以上的日志。"""
    lines: list[str] = []
    handler = logger.add(lines.append, level="INFO", format="{message}")
    yield lines
    logger.remove(handler)


def config(render: str) -> Config:
    """只设了 `GLM_RENDER`。"""
    return type_validate_python(Config, {"glm_render": render})


@pytest.mark.parametrize(
    ("render", "said"), [("auto", []), ("text", []), ("image", [f"{MISSING}\n"])]
)
def test_without_the_kit(
    log: list[str], monkeypatch: pytest.MonkeyPatch, render: str, said: list[str]
) -> None:
    """没有装就没有画师；只有主人要图时说一句怎么装。"""
    monkeypatch.setattr(pictures, "has_kit", lambda: False)
    assert hire_painter(config(render)) is None
    assert log == said


@pytest.mark.parametrize(
    ("render", "hired"), [("auto", True), ("text", False), ("image", True)]
)
def test_with_the_kit(
    log: list[str], monkeypatch: pytest.MonkeyPatch, render: str, hired: bool
) -> None:
    """装了就有，`text` 不要；机器人里从不导入那个库。"""
    monkeypatch.setattr(pictures, "has_kit", lambda: True)
    assert (hire_painter(config(render)) is not None) is hired
    assert log == []
    assert "nonebot_plugin_htmlkit" not in sys.modules
