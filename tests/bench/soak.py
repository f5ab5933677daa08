"""泡着：`python -m tests.bench.soak [分钟=30] [每秒几条=50]`。

真的机器人进程连着假 GLM，一直有人闲聊、提问、用命令、撤回、重置，GLM 不时出错，QQ 不时
断线重连；内存、描述符、任务要平，提问一个不丢。
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.real_bot import BotProcess, complaints

from .measure import resident_mib
from .traffic import Traffic

EVERY = 30.0
SETTLE, DRAIN = 20.0, 200.0
"""歇下来要几秒（空着的连接要关）；一个提问最多用 180 秒。"""
MOST_MIB_AN_HOUR, MOST_MORE = 10.0, 8
"""后一半每小时最多涨多少 MiB；歇着时描述符与任务最多多几个。"""
GLM_SECONDS, BUSY, AT_ONCE = 0.5, {"glm-4.7-flash": 0.02}, {"glm-4.7-flash": 8}
"""GLM 要多久，多少个请求说忙，同时能答几个。"""
WHAT = "分钟 内存（MiB） 描述符 线程 任务 等着的 答了 一共发了"


@dataclass(frozen=True)
class Sample:
    """某一刻的样子。"""

    minutes: float
    mib: float
    files: int
    threads: int
    tasks: int
    waiting: int
    answered: int
    sent: int

    def __str__(self) -> str:
        cells = (f"{v:.1f}" if isinstance(v, float) else str(v) for v in astuple(self))
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Watch:
    """从外面看一个机器人。"""

    bot: BotProcess
    probe: Path
    traffic: Traffic
    started: float

    def sample(self) -> Sample:
        """此刻的样子。"""
        pid, counts = self.bot.pid, self.traffic.counts
        return Sample(
            (time.monotonic() - self.started) / 60,
            resident_mib(pid),
            entries(f"/proc/{pid}/fd"),
            entries(f"/proc/{pid}/task"),
            int(self.probe.read_text("utf-8")),
            len(self.traffic.waiting),
            counts["答了"],
            sum(counts.values()) - counts["答了"] - counts["重连"],
        )


def entries(folder: str) -> int:
    """目录里有几项。"""
    return sum(1 for _ in Path(folder).iterdir())


def slope(samples: list[Sample]) -> float:
    """每小时涨多少 MiB，最小二乘。"""
    hours = [sample.minutes / 60 for sample in samples]
    return statistics.linear_regression(hours, [s.mib for s in samples]).slope


def say(line: object) -> None:
    """打印一行，立刻看得见。"""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def watched(watch: Watch, glm: FakeGLM, busy: asyncio.Task[None]) -> list[Sample]:
    """每半分钟看一次，直到不再发。"""
    samples: list[Sample] = []
    while not busy.done():
        await asyncio.wait({busy}, timeout=EVERY)
        glm.forget()  # 假 GLM 自己不要涨
        samples.append(watch.sample())
        say(samples[-1])
    await busy
    return samples


async def soak(home: Path, minutes: float, rate: float) -> bool:
    """泡一次，打印，返回平不平。"""
    probe = home / "tasks"
    async with FakeGLM() as glm:
        glm.delay, glm.busy, glm.concurrency = GLM_SECONDS, BUSY, dict(AT_ONCE)
        settings = {
            "GLM_API_KEY": glm.api_key,
            "GLM_BASE_URL": glm.base_url,
            "GLM_HISTORY_TURNS": "30",  # 裁剪与摘要也要发生
            "LOG_LEVEL": "INFO",
            "PROBE_FILE": str(probe),
        }
        plugins = ("nonebot_plugin_glm", "tests.bench.probe")
        async with BotProcess(home, settings, plugins) as bot:
            qq = await bot.connect()
            await qq.talk(1, "你好")
            await asyncio.sleep(SETTLE)
            traffic = Traffic(bot, glm, qq)
            watch = Watch(bot, probe, traffic, time.monotonic())
            rest = watch.sample()
            say("| " + WHAT.replace(" ", " | ") + " |\n" + "| --- " * 8 + f"|\n{rest}")
            busy = asyncio.create_task(traffic.run(minutes * 60, rate))
            samples = await watched(watch, glm, busy)
            await traffic.drain(DRAIN)
            await asyncio.sleep(SETTLE)
            end = watch.sample()
            say(f"{end}\n")
        found = complaints(bot.log, {glm.api_key}, bot.said)
    say("，".join(f"{kind} {count}" for kind, count in traffic.counts.items()))
    for complaint in found[:3]:
        say(complaint)
    return verdict(rest, samples, end, len(found))


def verdict(rest: Sample, samples: list[Sample], end: Sample, complained: int) -> bool:
    """一项一行，返回是否都守住了。"""
    second_half = samples[len(samples) // 2 :]
    grown = slope(second_half) if len(second_half) > 1 else 0.0
    found = {
        f"后一半的内存每小时涨 {grown:.1f} MiB（≤ {MOST_MIB_AN_HOUR:.0f}）": grown
        <= MOST_MIB_AN_HOUR,
        f"歇着时的描述符 {rest.files} → {end.files}": end.files
        <= rest.files + MOST_MORE,
        f"歇着时的任务 {rest.tasks} → {end.tasks}": end.tasks <= rest.tasks + MOST_MORE,
        f"丢了的提问 {end.waiting}": end.waiting == 0,
        f"日志里不该有的 {complained}": complained == 0,
    }
    say(
        "\n".join(
            f"- {words}：{'是' if ok else '**否**'}" for words, ok in found.items()
        )
    )
    return all(found.values())


def main() -> None:
    """命令行：多少分钟，每秒几条。"""
    given = sys.argv[1:]
    minutes, rate = map(float, (*given, *("30", "50")[len(given) :]))
    with tempfile.TemporaryDirectory() as folder:
        held = asyncio.run(soak(Path(folder), minutes, rate))
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
