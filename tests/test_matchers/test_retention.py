"""retention：启动时与之后每天各看一次，失败了第二天再来。"""

from __future__ import annotations

import asyncio

import pytest

from nonebot_plugin_glm.exception import StoreError
from nonebot_plugin_glm.matchers.retention import DAY, keep_expiring


async def test_every_day() -> None:
    """一天一次，从现在往前数；一次失败不妨碍下一次。"""
    now, asked, slept = 100 * DAY, [], []

    async def expire(before: float) -> int:
        asked.append(before / DAY)
        if len(asked) == 2:
            raise StoreError("磁盘满了")
        return 1

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds
        if len(slept) == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await keep_expiring(30, expire, lambda: now, sleep)
    assert asked == [70, 71, 72, 73]
    assert set(slept) == {DAY}
