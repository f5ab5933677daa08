"""画室：用到时才开的画图的进程，一次画一张，画得太久就关掉重开。"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from nonebot.log import logger

from .frames import READY, frame, receive

KIT = ("nonebot_plugin_htmlkit", "pygments")
"""画图用的库，都在附加依赖 `image` 里；别的插件也许只带来其中一个。"""
FONT_HINT = (
    "没有中文字体，画不成图，改发文本；装上字体再启动，"
    "如 apt-get install fonts-noto-cjk 或 fonts-wqy-microhei"
)
START_SECONDS, PAINT_SECONDS = 30.0, 25.0
"""开门、画一张最多等多久。"""
IDLE_SECONDS = 180.0
"""这么久没有图要画就关门，省下它的一百兆内存。"""
MOST_WAITING = 8
"""排队的多到这么多，后来的就发文本。"""
_ROOT = Path(__file__).parents[2]
_PROGRAM = f"""
import json, sys, types
sys.path[:] = json.loads(sys.argv[2])
package = types.ModuleType({_ROOT.name!r})
package.__path__ = [sys.argv[1]]
sys.modules[package.__name__] = package
from {_ROOT.name}.message.picture.worker import main
main()
"""
"""从包的旁边进去：门口要有整个机器人。"""


def has_kit() -> bool:
    """画图的库装全了没有；只看，不导入。"""
    return all(find_spec(name) is not None for name in KIT)


class Studio:
    """画图的进程，以及等着它的人。

    参数:
        program: 画图的进程里跑的程序
    """

    def __init__(self, program: str = _PROGRAM) -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._closing: asyncio.TimerHandle | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self.usable = True
        """还值不值得试：没有字体或起不来，这一次运行里就不再试"""

    async def paint(self, markdown: str, *, dark: bool) -> bytes | None:
        """画一张 PNG；画不成是 `None`，缘由写进日志，没有人说的话。"""
        return await self._in_turn({"markdown": markdown, "dark": dark})

    async def draw(self, html: str) -> bytes | None:
        """把写好的一页画成 PNG，画不成也是 `None`。"""
        return await self._in_turn({"html": html})

    async def _in_turn(self, page: dict[str, str | bool]) -> bytes | None:
        if self._waiting >= MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._turn:
                return await self._paint(json.dumps(page).encode())
        finally:
            self._waiting -= 1

    async def aclose(self) -> None:
        """关门，不再画。"""
        self.usable = False
        await self._close()

    async def _paint(self, request: bytes) -> bytes | None:
        for last in (False, True):
            try:
                return await self._ask(request) or None
            except asyncio.TimeoutError:  # 从 Python 3.11 起它也是 OSError
                logger.warning("图画得太久，改发文本")
                return None
            except (OSError, EOFError) as exc:
                # 崩溃了，或画够了张数自己走了：换一个再画一次
                if last:
                    logger.warning(f"图没有画成，改发文本：{type(exc).__name__}")
        return None

    async def _ask(self, request: bytes) -> bytes | None:
        """画一张；起不来是 `None`，话说了一半的进程不再用。"""
        self._stay()
        answered = False
        try:
            process = self._process or await self._open()
            if process is None or not self.usable:
                return None
            exchange = _exchange(process, request)
            picture = await asyncio.wait_for(exchange, PAINT_SECONDS)
            answered = True
            return picture
        finally:
            if answered:
                self._leave_later()
            else:
                await self._close()

    async def _open(self) -> asyncio.subprocess.Process | None:
        """开门；没有字体或起不来就不再开。"""
        if not self.usable:
            return None
        try:
            first = await asyncio.wait_for(self._start(), START_SECONDS)
            reason = "" if first == READY else FONT_HINT
        except (OSError, EOFError, NotImplementedError, asyncio.TimeoutError) as exc:
            reason = f"画图的进程起不来，改发文本：{type(exc).__name__}"
        if not reason:
            return self._process
        self.usable = False
        logger.warning(reason)
        return None

    async def _start(self) -> bytes:
        self._process = process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", self._program, str(_ROOT), json.dumps(sys.path)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert process.stdout is not None
        return await receive(process.stdout)

    def _stay(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None

    def _leave_later(self) -> None:
        loop = asyncio.get_running_loop()
        self._closing = loop.call_later(IDLE_SECONDS, self._kill)

    def _kill(self) -> asyncio.subprocess.Process | None:
        process, self._process = self._process, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
        return process

    async def _close(self) -> None:
        self._stay()
        process = self._kill()
        if process is not None:
            await process.wait()


async def _exchange(process: asyncio.subprocess.Process, request: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(frame(request))
    await process.stdin.drain()
    return await receive(process.stdout)
