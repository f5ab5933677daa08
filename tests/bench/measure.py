"""从外面量一个进程：CPU 时间与内存；只在 Linux 上能用。"""

from __future__ import annotations

import asyncio
import os
import statistics
from collections.abc import Sequence
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """进程至今用了多少秒 CPU，内核的也算。"""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """进程此刻占多少 MiB 内存。"""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def settled(pid: int) -> None:
    """等启动之后的预备（导入、打开数据库）做完：两秒里几乎不用 CPU。"""
    for _ in range(30):
        before = cpu_seconds(pid)
        await asyncio.sleep(2)
        if cpu_seconds(pid) - before < 0.03:
            return


def percentile(values: Sequence[float], percent: int) -> float:
    """百分位数；只有一个数就是它。"""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def busy_share(seconds: float = 1.0) -> float:
    """整台机器接下来这段时间忙了几成。"""
    before = _ticks()
    await asyncio.sleep(seconds)
    idle, total = (now - then for now, then in zip(_ticks(), before, strict=True))
    return 1 - idle / total


def _ticks() -> tuple[int, int]:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    return int(fields[3]) + int(fields[4]), sum(map(int, fields))
