"""等到一件事发生：不睡一会儿碰运气，机器再慢也等得到。"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

_STEP = 0.005


async def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """等到条件成立。"""
    for _ in range(int(seconds / _STEP)):
        if condition():
            return
        await asyncio.sleep(_STEP)
    raise AssertionError(f"等了 {seconds} 秒也没有成立")
