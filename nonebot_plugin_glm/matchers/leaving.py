"""关机：正在回答的先答完，再让驱动器退出。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import anyio
from nonebot.log import logger

from .runtime import config, current_service

GRACE = 1.5
"""时间到了以后，说一声没能答完至多再用多少秒。"""
RELAY = 1.0
"""`nb run` 里按一次 Ctrl+C，机器人先后收到终端的 SIGINT 与 nb-cli 的 SIGTERM：
这么多秒之内的另一种信号不算又一个。"""

Leave = Callable[[], object]
"""让驱动器退出。"""


class Leaving:
    """走之前等正在说话的说完。

    参数:
        drain: 不再接受提问，正在回答的至多再等这么多秒
        seconds: 现在至多等多少秒
        clock: 单调的钟，秒
    """

    def __init__(
        self,
        drain: Callable[[float], Awaitable[None]],
        seconds: Callable[[], float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._drain = drain
        self._seconds = seconds
        self._clock = clock
        self._workers = 0
        self._idle = asyncio.Event()
        self._first: tuple[int, float] | None = None
        self._task: asyncio.Task[None] | None = None

    def started(self) -> None:
        """又一个响应器要说话了。"""
        self._workers += 1
        self._idle.clear()

    def finished(self) -> None:
        """其中一个说完了。"""
        self._workers -= 1
        if not self._workers:
            self._idle.set()

    def asked(self, sign: int, leave: Leave, loop: asyncio.AbstractEventLoop) -> None:
        """收到一个信号；在信号处理函数里调用，随时可能发生。"""
        first, now = self._first, self._clock()
        if first is None:
            self._first = sign, now
            if self._workers and self._seconds():
                loop.call_soon_threadsafe(self._start, leave)
                return
        elif sign != first[0] and now - first[1] < RELAY:
            return
        if self._task is not None:
            loop.call_soon_threadsafe(self._task.cancel)
        leave()

    async def aclose(self) -> None:
        """等它退出。"""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _start(self, leave: Leave) -> None:
        self._task = asyncio.create_task(self._finish(leave))

    async def _finish(self, leave: Leave) -> None:
        seconds = self._seconds()
        logger.info(f"要关机了，至多等 {seconds:g} 秒，让正在回答的答完")
        try:
            with anyio.move_on_after(seconds + GRACE):
                await self._drain(seconds)
                await self._idle.wait()
        except asyncio.CancelledError:  # 又来了一个信号，已经转给驱动器
            raise
        except Exception:
            logger.opt(exception=True).error("没能等到答完")
        leave()


async def _drain(seconds: float) -> None:
    service = current_service()
    if service is not None:
        await service.drain(seconds)


leaving = Leaving(_drain, lambda: config.glm_shutdown_seconds)
