"""几千件乱事之后：没有一个请求不合规，历史总是一问一答。"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from nonebot_plugin_glm.exception import GLMError
from tests.fake_glm import FakeGLM

from .storm import Storm

EVENTS = 900


STORMS = [("sqlite", seed) for seed in range(4)] + [("postgresql", 4)]


@pytest.mark.parametrize(("where", "seed"), STORMS, indirect=["where"])
async def test_storm(glm: FakeGLM, where: Path | str, seed: int) -> None:
    """乱问、乱错、乱停、乱忘、乱重启，每一步之后历史都是完整的问答。"""
    most = 0
    async with Storm(glm, where, seed) as storm:
        while storm.events < EVENTS:
            await storm.step()
            most = max(most, storm.check())
    await asyncio.sleep(0)
    ended = Counter(storm.endings)
    assert all(cls is None or issubclass(cls, GLMError) for cls in ended)
    assert ended[None] > 70
    assert len(ended) > 6
    assert most > 10
    assert glm.invalid == []
    assert max(len(chat["messages"]) for chat in glm.chats) > 8
