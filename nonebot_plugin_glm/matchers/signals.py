"""收到退出的信号时，先等正在回答的答完，再交给驱动器。

uvicorn 一收到信号就断开每条连接，然后才轮到 NoneBot 的 `on_shutdown`，那时答好的话
已经送不出去（见它的 `Server.shutdown`）。所以启动之后把驱动器装好的处理函数换成自己的，
该走了再调用它。不在主线程里、信号没有驱动器管的，一切照旧。
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType

from nonebot import get_driver
from nonebot.drivers.none import Driver as NoneDriver

from .leaving import leaving

_SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGBREAK")  # 最后一个只在 Windows 上有
    if hasattr(signal, name)
]
Handler = Callable[[int, FrameType | None], object]

_replaced: dict[int, tuple[Handler, Handler]] = {}
"""信号到装上的与原来的处理函数。"""


def take_over(loop: asyncio.AbstractEventLoop) -> None:
    """把每个信号的处理换成自己的。"""
    if threading.current_thread() is not threading.main_thread():
        return
    driver = get_driver()
    for sign in _SIGNALS:
        if not (isinstance(driver, NoneDriver) and _listen(driver, sign, loop)):
            _replace(sign, loop)


def give_back() -> None:
    """换回原来的；已经被别人换过的不动。"""
    for sign, (ours, original) in _replaced.items():
        if signal.getsignal(sign) is ours:
            signal.signal(sign, original)
    _replaced.clear()


def _listen(driver: NoneDriver, sign: int, loop: asyncio.AbstractEventLoop) -> bool:
    """`~none` 由事件循环收信号，收的人只能换，问不出原来是谁，好在它有 `exit`。"""

    def leave() -> None:
        driver.exit(force=driver.should_exit.is_set())

    try:
        loop.add_signal_handler(sign, leaving.asked, sign, leave, loop)
    except NotImplementedError:  # Windows
        return False
    return True


def _replace(sign: int, loop: asyncio.AbstractEventLoop) -> None:
    original = signal.getsignal(sign)
    if not callable(original):  # 没有人管，或 SIG_IGN
        return

    def ours(number: int, frame: FrameType | None) -> None:
        leaving.asked(number, partial(original, number, frame), loop)

    _replaced[sign] = ours, original
    signal.signal(sign, ours)


@get_driver().on_startup
async def _start() -> None:
    take_over(asyncio.get_running_loop())


@get_driver().on_shutdown
async def _stop() -> None:
    await leaving.aclose()
    give_back()
