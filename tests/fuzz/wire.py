"""真的机器人进程，真的 WebSocket：有人捣乱，老实人的提问照样都有回答。"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.bench.measure import resident_mib
from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, BotProcess, read_log

from . import events, frames
from .intruder import Intruder, gatecrash
from .result import Result

HONEST = 20001
_ACCOUNTS = (30001, 30002, 30003, 30001, 30002, 30003)
"""捣乱的连接各用什么账号：同一个账号有两个连接在抢。"""
_BATCH = 12
"""问一句的工夫捣乱几次。"""
_PATIENCE = 30.0
_WARM = 0.3
"""跑了这么多之后的内存才算底。"""
_SPARE = 40
"""文件描述符最多多出几个：捣乱的还连着的。"""
_OURS = "nonebot_plugin_glm/"
"""异常经过的文件里有它，才是本插件的；别的是适配器读不懂。"""


async def run(cases: int, seed: int) -> Result:
    """捣乱这么多次，返回看到的。"""
    result = Result("wire")
    with tempfile.TemporaryDirectory(prefix="glm-fuzz-") as folder:
        async with FakeGLM() as glm:
            settings = {
                "GLM_API_KEY": glm.api_key, "GLM_BASE_URL": glm.base_url,
                "GLM_SUMMARY": "false", "GLM_RENDER": "text", "LOG_LEVEL": "WARNING",
                "GLM_SHUTDOWN_SECONDS": "0", "NICKNAME": '["小智"]',
                "API_TIMEOUT": "1", "SUPERUSERS": f'["{events.OWNER}"]',
            }  # fmt: skip
            async with BotProcess(Path(folder), settings) as bot:
                honest = await bot.connect(HONEST)
                await _Storm(bot, honest, glm, result).blow(cases, seed)
            _blame(result, (f"GLM 不接受：{told[:80]}" for _, told in glm.invalid))
        _blame(result, _crashes(bot.log))
    return result


class _Storm:
    """一边捣乱，一边问。"""

    def __init__(
        self, bot: BotProcess, honest: QQ, glm: FakeGLM, result: Result
    ) -> None:
        self._bot = bot
        self._honest = honest
        self._glm = glm
        self._result = result

    async def blow(self, cases: int, seed: int) -> None:
        """捣乱这么多次，量内存与文件描述符。"""
        bot, result = self._bot, self._result
        intruders = [
            Intruder(bot.port, account, Random(f"{seed}/wire/{index}/answers"))
            for index, account in enumerate(_ACCOUNTS)
        ]
        started, floor = time.monotonic(), (0.0, 0)
        numbers = iter(range(cases))
        while batch := list(itertools.islice(numbers, _BATCH)):
            disturbing = [
                self._disturb(intruders, Random(f"{seed}/wire/{number}"), number)
                for number in batch
            ]
            await asyncio.gather(self._ask(batch[0]), *disturbing)
            result.cases += len(batch)
            self._glm.clear()
            if not floor[1] and result.cases >= cases * _WARM:
                floor = resident_mib(bot.pid), _handles(bot.pid)
        for intruder in intruders:
            await intruder.close()
        await self._ask(cases)
        result.seconds = time.monotonic() - started
        result.grown = resident_mib(bot.pid) - floor[0]
        _blame(result, ["文件描述符多了"] * (_handles(bot.pid) > floor[1] + _SPARE))

    async def _disturb(
        self, intruders: list[Intruder], rng: Random, number: int
    ) -> None:
        if rng.random() < 0.08:
            return await gatecrash(self._bot.port, rng, HONEST)
        index = number % len(intruders)
        await intruders[index].write(frames.hostile(rng, _ACCOUNTS[index]))

    async def _ask(self, number: int) -> None:
        """问一句，一定要有回答，而且正是它的回答。"""
        began = time.monotonic()
        try:
            words = f"第 {number} 个之后的提问"
            await self._honest.private(10**6 + number, words)
            said = (await self._honest.next(_PATIENCE)).text
            found = [] if said == f"收到：{words}" else [f"答的不是所问：{said[:100]}"]
        except Exception as error:
            found = [f"没有回答：{type(error).__name__}"]
        took = time.monotonic() - began
        self._result.slowest = max(self._result.slowest, (took, number))
        _blame(self._result, found, number)


def _blame(result: Result, faults: Iterator[str] | list[str], number: int = -1) -> None:
    for fault in faults:
        result.faults[fault] += 1
        result.first.setdefault(fault, number)


def _crashes(log: str) -> Iterator[str]:
    """日志里本插件的异常。"""
    for record in read_log(log):
        crashed = "Traceback (most recent call last)" in record.text
        if (crashed and _OURS in record.text) or (
            record.ours and record.level == "ERROR"
        ):
            yield f"异常：{record.text[:100]}……{record.text[-300:]}"


def _handles(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
