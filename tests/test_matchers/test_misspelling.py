"""misspelling：写错的键启动时说一声，自检里也有；别的插件的不吵。"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nonebot import get_driver
from nonebot.log import logger

from nonebot_plugin_glm.chat.doctor.findings import State
from nonebot_plugin_glm.matchers.checkup import nonebot_findings
from nonebot_plugin_glm.matchers.misspelling import remind, unknown_keys

SECRET = "0123456789abcdef.s3cr3t"


@pytest.fixture
def log() -> Iterator[list[str]]:
    """INFO 以上的日志。"""
    lines: list[str] = []
    handler = logger.add(lines.append, level="INFO", format="{message}")
    yield lines
    logger.remove(handler)


def write(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """在 `.env` 里多写一个键。"""
    monkeypatch.setattr(get_driver().config, name, SECRET, raising=False)


async def test_nothing_wrong(log: list[str]) -> None:
    """都写对了就什么也不说。"""
    assert unknown_keys() == []
    await remind()
    assert log == []
    assert [found.name for found in nonebot_findings()] == ["昵称", "主人"]


async def test_misspelled(monkeypatch: pytest.MonkeyPatch, log: list[str]) -> None:
    """写错的键：说是不是想写另一个，值不说出来，那也许是密钥。"""
    write(monkeypatch, "glm_apikey")
    await remind()
    [line] = log
    assert line.startswith("没有 GLM_APIKEY 这一项设置，是不是 GLM_API_KEY")
    found = nonebot_findings()[0]
    assert (found.name, found.state) == ("设置", State.WARN)
    assert found.text.startswith("没有 GLM_APIKEY 这一项，是不是 GLM_API_KEY")
    assert SECRET not in line + found.text


async def test_of_another_plugin(
    monkeypatch: pytest.MonkeyPatch, log: list[str]
) -> None:
    """不像哪一项的，多半是别的插件的：启动时不吵，自检时才说。"""
    write(monkeypatch, "glm_zzz")
    await remind()
    assert log == []
    assert nonebot_findings()[0].text == "没有 GLM_ZZZ 这一项"
