"""情景：启动、闲聊、刷屏、一个人接着一个人问、一群人同时问。"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.real_bot import QQ, BotProcess

from .crowds import QUESTIONS as QUESTIONS_OF_CROWDS
from .crowds import crowd, newcomers
from .measure import cpu_seconds, percentile, resident_mib, settled

IDLE_RATE, IDLE_MESSAGES = 200, 1200
WARMING, QUESTIONS, PEOPLE = 300, 1000, 100
FLOOD_RATE, FLOOD_SECONDS, FLOOD_ASKS = 1000, 10, 10
ROOT = Path(__file__).parents[2]
IMPORTING = """
import sys, time, nonebot
from nonebot.adapters.onebot.v11 import Adapter
nonebot.init(_env_file=None, driver="~fastapi", log_level="ERROR")
nonebot.get_driver().register_adapter(Adapter)
started = time.perf_counter()
assert nonebot.load_plugin(sys.argv[1])
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Contestant:
    """一个要量的机器人。"""

    name: str
    plugins: tuple[str, ...]
    settings: dict[str, str]


def bot_of(contestant: Contestant, home: Path, base_url: str) -> BotProcess:
    """它的进程，连着 `base_url` 的 GLM。"""
    settings = {"GLM_BASE_URL": base_url, "LOG_LEVEL": "INFO", **contestant.settings}
    return BotProcess(home, settings, contestant.plugins)


async def calm(contestant: Contestant, home: Path, base_url: str) -> dict[str, float]:
    """启动、歇着时的内存、不是给机器人的消息。"""
    started = time.perf_counter()
    async with bot_of(contestant, home, base_url) as bot:
        found = {"启动到可以连接（秒）": time.perf_counter() - started}
        qq = await bot.connect()
        await settled(bot.pid)
        found["歇着时的内存（MiB）"] = resident_mib(bot.pid)
        before, started = cpu_seconds(bot.pid), time.perf_counter()
        for number in range(IDLE_MESSAGES):
            await qq.group(1, 2, f"闲聊{number}")
            due = started + number / IDLE_RATE
            await asyncio.sleep(max(0, due - time.perf_counter()))
        await asyncio.sleep(0.5)
        used = cpu_seconds(bot.pid) - before
        found["一条闲聊的 CPU（毫秒）"] = used / IDLE_MESSAGES * 1e3
    return found


async def flood(contestant: Contestant, home: Path, base_url: str) -> dict[str, float]:
    """群里每秒一千条闲聊，刷十秒，其间有人在私聊里问：要多久才答、内存涨多少。"""
    async with bot_of(contestant, home, base_url) as bot:
        qq = await bot.connect()
        await settled(bot.pid)
        await exchange(qq, 0)
        before = resident_mib(bot.pid)
        chatter = asyncio.create_task(_chatter(qq))
        times: list[float] = []
        for number in range(FLOOD_ASKS):
            times.append(await exchange(qq, number, patience=120))
            await asyncio.sleep(FLOOD_SECONDS / FLOOD_ASKS / 2)
        await chatter
        await exchange(qq, 0, patience=120)
        calls = len(qq.calls) - len(qq.sent)
        grown = resident_mib(bot.pid) - before
    return {
        "刷屏时一个提问的延迟，中位（秒）": percentile(times, 50),
        "刷屏时一个提问的延迟，最长（秒）": max(times),
        "刷屏之后内存多了（MiB）": grown,
        "刷屏时多余的接口调用": calls,
    }


async def _chatter(qq: QQ) -> None:
    started = time.perf_counter()
    for number in range(FLOOD_RATE * FLOOD_SECONDS):
        await qq.group(1, 2, f"闲聊{number}")
        if number % 20 == 0:
            due = started + number / FLOOD_RATE
            await asyncio.sleep(max(0, due - time.perf_counter()))


async def one_by_one(
    contestant: Contestant, home: Path, base_url: str
) -> dict[str, float]:
    """一百个人轮流问，先各问三句热身，GLM 立刻答：多出来的时间都是机器人的。"""
    async with bot_of(contestant, home, base_url) as bot:
        qq = await bot.connect()
        await settled(bot.pid)
        for number in range(WARMING):
            await exchange(qq, number % PEOPLE)
        before, times = cpu_seconds(bot.pid), []
        for number in range(QUESTIONS):
            times.append(await exchange(qq, number % PEOPLE) * 1e3)
        used = cpu_seconds(bot.pid) - before
        grown = await newcomers(qq, bot.pid)
    return {
        **grown,
        "一个提问的 CPU（毫秒）": used / QUESTIONS * 1e3,
        "一个提问的延迟，中位（毫秒）": percentile(times, 50),
        "一个提问的延迟，p95（毫秒）": percentile(times, 95),
        "一个提问的延迟，p99（毫秒）": percentile(times, 99),
    }


async def exchange(qq: QQ, person: int, patience: float = 10.0) -> float:
    """一问一答，返回用了几秒。"""
    started = time.perf_counter()
    await qq.private(1000 + person, "今天天气怎么样")
    await qq.next(patience)
    return time.perf_counter() - started


async def crowds(contestant: Contestant, home: Path, base_url: str) -> dict[str, float]:
    """1、10、100、500 个人同时问，GLM 要 200 毫秒。"""
    found: dict[str, float] = {}
    async with bot_of(contestant, home, base_url) as bot:
        qq = await bot.connect()
        await settled(bot.pid)
        await exchange(qq, 0)
        for people in QUESTIONS_OF_CROWDS:
            found.update(await crowd(qq, people))
    return found


async def importing(contestant: Contestant, home: Path) -> dict[str, float]:
    """在 NoneBot 与适配器都导入之后，导入插件自己要多久。"""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", IMPORTING, contestant.plugins[0]),
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), **contestant.settings},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return {"导入插件（秒）": float(output.split()[-1])}
