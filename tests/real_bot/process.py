"""启动、杀死、停止一个机器人进程。"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing_extensions import Self

from tests.ports import free_port

from .qq import QQ

ROOT = Path(__file__).parents[2]
# pydantic 1 在 Python 3.13 上每次解析注解都警告一次，与我们无关
WARNINGS = (
    "default,ignore:Failing to pass a value to the 'type_params':DeprecationWarning"
)
START_SECONDS, STOP_SECONDS = 60.0, 25.0
_FOREIGN = re.compile(
    r"GLM_.*|.*_proxy|NICKNAME|SUPERUSERS|COMMAND_.*|LOCALSTORE_.*|API_TIMEOUT",
    re.IGNORECASE,
)
"""外面的环境变量里会改变机器人行为的那些。"""


class BotProcess:
    """一个机器人进程；数据目录相同的两个先后的进程共有历史。

    参数:
        directory: 工作目录，数据在它的 `data` 里
        settings: 环境变量形式的设置
        plugins: 加载哪些插件
    """

    def __init__(
        self,
        directory: Path,
        settings: Mapping[str, str],
        plugins: tuple[str, ...] = ("nonebot_plugin_glm",),
    ) -> None:
        self.directory = directory
        self.port = free_port()
        self.said: set[str] = set()
        """人对它说过的一切文本。"""
        self.heard: list[str] = []
        """人从它听到的一切文本。"""
        self._log = directory / "bot.log"
        self._env = {
            **{k: v for k, v in os.environ.items() if not _FOREIGN.fullmatch(k)},
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": WARNINGS,
            "PYTHONIOENCODING": "utf-8:backslashreplace",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DRIVER": "~fastapi",
            "LOG_LEVEL": "DEBUG",
            "LOCALSTORE_USE_CWD": "true",
            "BOT_PLUGINS": ",".join(plugins),
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None
        self._clients: list[QQ] = []

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def log(self) -> str:
        """进程至今的输出。"""
        return self._log.read_text("utf-8", "replace") if self._log.exists() else ""

    @property
    def data(self) -> Path:
        """数据目录。"""
        return Path(self._env.get("LOCALSTORE_DATA_DIR", self.directory / "data"))

    @property
    def pid(self) -> int:
        """进程号。"""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """启动，等到端口可以连接。"""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.real_bot",
                cwd=self.directory,
                env=self._env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if "fastapi" in self._env["DRIVER"]:  # 别的驱动器自己去连客户端
            await asyncio.wait_for(self._listening(), START_SECONDS)

    async def connect(self, self_id: int = 10000) -> QQ:
        """以 `self_id` 的账号连上。"""
        client = await QQ.connect(self.port, self_id)
        client.said = self.said
        client.heard = self.heard
        self._clients.append(client)
        return client

    def send_signal(self, sign: signal.Signals) -> None:
        """发一个信号，不等它退出。"""
        assert self._process is not None
        self._process.send_signal(sign)

    async def gone(self, timeout: float) -> None:
        """等它自己退出。"""
        assert self._process is not None
        await asyncio.wait_for(self._process.wait(), timeout)

    async def kill(self) -> None:
        """SIGKILL，不给它收拾的机会。"""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM，等它退出。"""
        await self._end(signal.SIGTERM)

    async def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.send_signal(sign)
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except asyncio.TimeoutError:
                process.kill()
                await process.wait()
                raise RuntimeError(f"机器人没有退出：\n{self.log[-2000:]}") from None
            finally:
                for client in self._clients:
                    await client.close()
                self._clients.clear()

    async def _listening(self) -> None:
        while True:
            assert self._process is not None
            if self._process.returncode is not None:
                raise RuntimeError(f"机器人没有起来：\n{self.log}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
