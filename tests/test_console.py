"""console 适配器：在真的终端（伪终端）里运行 `python -m tests.try_it`。"""

from __future__ import annotations

import asyncio
import os
import re
import struct
import sys
from itertools import takewhile
from pathlib import Path
from typing_extensions import Self

import pyte
import pytest

if sys.platform == "win32":
    pytest.skip("伪终端只在类 Unix 系统上有", allow_module_level=True)

import fcntl
import pty
import termios

ROOT = Path(__file__).parents[1]
LINES, COLUMNS = 50, 120
BUBBLE_TOP = re.compile("╭─+╮")
SCREEN_SIZE = ("COLUMNS", "LINES")
"""外面有这两个环境变量时，屏幕照它们画，而不照伪终端的大小。"""


class Terminal:
    """一个伪终端里的进程。"""

    def __init__(self, home: Path, **settings: str) -> None:
        self._leader, follower = pty.openpty()
        size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
        fcntl.ioctl(follower, termios.TIOCSWINSZ, size)
        self._follower = follower
        self._env = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("GLM_") and name not in SCREEN_SIZE
            },
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self._home = home
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)

    async def __aenter__(self) -> Self:
        """启动，开始收它画的东西。"""
        asyncio.get_running_loop().add_reader(self._leader, self._read)
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.try_it"),
            cwd=self._home,
            env=self._env,
            stdin=self._follower,
            stdout=self._follower,
            stderr=self._follower,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """没有自己退出就杀掉。"""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        asyncio.get_running_loop().remove_reader(self._leader)
        os.close(self._leader)
        os.close(self._follower)

    async def wait_for(self, text: str, seconds: float = 120) -> None:
        """等屏幕上的一个气泡里出现这些字。"""
        for _ in range(int(seconds / 0.05)):
            if any(text in bubble for bubble in self.bubbles):
                return
            await asyncio.sleep(0.05)
        screen = "\n".join(self.screen)
        raise AssertionError(f"没有等到 {text!r}，屏幕上是：\n{screen}")

    @property
    def screen(self) -> list[str]:
        """屏幕上的各行，一格一个字。

        不用 `Screen.display`：宽字的左半格被盖掉时右半格是空串，它会抛 IndexError；
        宽字的右半格在这里是空格，行里的位置才与格子对得上。
        """
        return [
            "".join(
                self._screen.buffer[line][column].data or " "
                for column in range(COLUMNS)
            )
            for line in range(LINES)
        ]

    @property
    def bubbles(self) -> list[str]:
        """各个气泡里的字，去掉空白，折了行的接起来。

        侧边栏与日志栏和气泡在同一行上，整行地读，折了行的字之间就会夹着它们的。
        """
        screen = self.screen
        return [
            _inside(screen[number + 1 :], top.start(), top.end() - 1)
            for number, line in enumerate(screen)
            for top in BUBBLE_TOP.finditer(line)
        ]

    def type(self, keys: str) -> None:
        """按键。"""
        os.write(self._leader, keys.encode())

    async def ended(self) -> int:
        """等进程自己退出，返回退出码。"""
        return await asyncio.wait_for(self._process.wait(), 60)

    def _read(self) -> None:
        self._stream.feed(os.read(self._leader, 65536))


def _inside(lines: list[str], left: int, right: int) -> str:
    """左右两条竖线之间的字，到没有竖线的那一行为止。"""
    framed = takewhile(lambda line: line[left] == line[right] == "│", lines)
    return "".join("".join(line[left + 1 : right].split()) for line in framed)


async def test_chats_in_the_terminal(tmp_path: Path) -> None:
    """不设密钥就说明对面是假的 GLM，能聊，能用命令，Ctrl+Q 离开时干净地退出。"""
    async with Terminal(tmp_path) as terminal:
        await terminal.wait_for("假GLM，不是真的模型")
        terminal.type("我叫小明\r")
        await terminal.wait_for("第1轮对话，你说的是：我叫小明")
        terminal.type("我叫什么\r")
        await terminal.wait_for("你上一句说的是：我叫小明")
        terminal.type("/glm status\r")
        await terminal.wait_for("记住：2轮")
        terminal.type("\x11")
        assert await terminal.ended() == 0
        assert "Traceback" not in "".join(terminal.screen)
    assert not any(tmp_path.iterdir())  # noqa: ASYNC240


async def test_says_when_the_key_is_real(tmp_path: Path) -> None:
    """设了密钥就去连 GLM；连不上时说一句清楚的话。"""
    settings = {
        "GLM_API_KEY": "x",
        "GLM_BASE_URL": "http://127.0.0.1:9",
        "GLM_MAX_RETRIES": "0",
        "GLM_FALLBACK_MODELS": "glm-a，glm-b",
    }
    async with Terminal(tmp_path, **settings) as terminal:
        await terminal.wait_for("和你对话的是GLM")
        terminal.type("你好\r")
        await terminal.wait_for("连不上GLM")
        terminal.type("\x11")
        assert await terminal.ended() == 0
