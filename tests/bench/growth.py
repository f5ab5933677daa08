"""用得久了慢不慢：`python -m tests.bench.growth [缩小到=1] [几轮=10]`。

打印 Markdown 表。每个数据库一个机器人，都开着，轮流各问三十句：机器忽快忽慢时，大家
一样忽快忽慢。
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import nonebot
from nonebot.adapters.onebot.v11 import Adapter
from nonebot.log import logger

from tests.real_bot import QQ, BotProcess

from .glm import KEY, serving
from .measure import cpu_seconds, percentile, resident_mib, settled
from .states import FIRST, State, states

QUESTIONS, PATIENCE = 30, 60.0
COLUMNS = (
    *("数据库", "MiB", "启动（秒）", "头一问（毫秒）", "歇着（MiB）"),
    *("CPU（毫秒）", "p50（毫秒）", "p95（毫秒）", "与谁比", "CPU ÷", "p50 ÷", "p95 ÷"),
)


@dataclass
class Subject:
    """一个数据库与它的机器人。"""

    state: State
    bot: BotProcess
    qq: QQ
    database_mib: float
    starting: float
    first: float = 0.0
    resting_mib: float = 0.0
    cpu: list[float] = field(default_factory=list[float])
    times: list[float] = field(default_factory=list[float])
    asked: int = 0

    async def exchange(self) -> float:
        """下一个人问一句，返回多少毫秒才答。"""
        person = FIRST + self.asked % self.state.people
        self.asked += 1
        started = time.perf_counter()
        if self.state.in_groups:
            await self.qq.ask(person, person, "今天天气怎么样")
        else:
            await self.qq.private(person, "今天天气怎么样")
        await self.qq.next(PATIENCE)
        return (time.perf_counter() - started) * 1e3

    async def settle(self) -> None:
        """歇着的内存、头一问，然后人人都问过一句。"""
        await settled(self.bot.pid)
        self.resting_mib = resident_mib(self.bot.pid)
        self.first = await self.exchange()
        for _ in range(self.state.people - 1):
            await self.exchange()

    async def measure(self) -> None:
        """问三十句，记下用时与 CPU。"""
        before = cpu_seconds(self.bot.pid)
        self.times += [await self.exchange() for _ in range(QUESTIONS)]
        self.cpu.append((cpu_seconds(self.bot.pid) - before) / QUESTIONS * 1e3)

    def figures(self) -> tuple[float, float, float]:
        """一个提问的 CPU、p50、p95，毫秒。"""
        cpu = sum(self.cpu) / len(self.cpu)
        return cpu, percentile(self.times, 50), percentile(self.times, 95)


async def start(
    stack: AsyncExitStack, state: State, home: Path, size: int, url: str
) -> Subject:
    """启动一个机器人，它的数据库已经造好。"""
    settings = {
        "GLM_API_KEY": KEY,
        "GLM_BASE_URL": url,
        "LOG_LEVEL": "INFO",
        **state.settings,
    }
    started = time.perf_counter()
    bot = await stack.enter_async_context(BotProcess(home, settings))
    starting = time.perf_counter() - started
    return Subject(state, bot, await bot.connect(), size / 2**20, starting)


def table(subjects: list[Subject]) -> str:
    """一个数据库一行。"""
    found = {subject.state.name: subject.figures() for subject in subjects}
    rows = [f"| {' | '.join(COLUMNS)} |", "| --- " * len(COLUMNS) + "|"]
    for subject in subjects:
        name, against = subject.state.name, subject.state.against
        ratios = (
            [f"{a / b:.2f}" for a, b in zip(found[name], found[against], strict=True)]
            if against
            else ["—"] * 3
        )
        cells = [
            name,
            f"{subject.database_mib:.1f}",
            f"{subject.starting:.2f}",
            f"{subject.first:.0f}",
            f"{subject.resting_mib:.1f}",
            *(f"{value:.2f}" for value in found[name]),
            against or "—",
            *ratios,
        ]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


async def main(home: Path, filled: dict[State, int], rounds: int) -> None:
    """都启动，轮流量，打印。"""
    async with AsyncExitStack() as stack:
        url = f"{await stack.enter_async_context(serving())}/0"
        subjects = [
            await start(stack, state, home / str(number), size, url)
            for number, (state, size) in enumerate(filled.items())
        ]
        for subject in subjects:
            await subject.settle()
        for _ in range(rounds):
            for subject in subjects:
                await subject.measure()
        sys.stdout.write(table(subjects))


def run() -> None:
    """造好数据库再量；表是本插件的，它要先有 NoneBot 才能导入。"""
    nonebot.init(_env_file=None, driver="~none", log_level="ERROR")
    logger.remove()
    nonebot.get_driver().register_adapter(Adapter)
    nonebot.load_plugin("nonebot_plugin_glm")
    from .filling import fill

    given = sys.argv[1:]
    share, rounds = (*given, *("1", "10")[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        # 先都造好：要几分钟，连着的连接等不了那么久
        filled = {
            state: fill(home / str(number), state)
            for number, state in enumerate(states(float(share)))
        }
        asyncio.run(main(home, filled, int(rounds)))


if __name__ == "__main__":
    run()
