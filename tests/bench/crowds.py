"""一群人同时问：每秒答几条，多久才答，丢了几条；会话多了占多少内存。"""

from __future__ import annotations

import asyncio
import time

from tests.real_bot import QQ

from .measure import percentile, resident_mib

QUESTIONS = {1: 20, 10: 10, 100: 8, 500: 8}
"""同时问的人数，每人问几遍。"""
PATIENCE = 30.0
NEWCOMERS, BATCH = 1000, 20


async def crowd(qq: QQ, people: int) -> dict[str, float]:
    """`people` 个人各问几遍，答了再问；等 30 秒没有一条回答，余下的都算丢了。"""
    first = people * 10_000 + 1  # 机器人自己是 10000，它说的话不答
    left = {first + person: QUESTIONS[people] for person in range(people)}
    asked: dict[int, float] = {}
    times: list[float] = []
    taken, started = PATIENCE, time.perf_counter()
    for person in left:
        asked[person] = time.perf_counter()
        await qq.private(person, "你好")
    while left:
        try:
            person = (await qq.next(PATIENCE)).user_id or 0
        except asyncio.TimeoutError:
            break
        taken = time.perf_counter() - started
        times.append(time.perf_counter() - asked[person])
        left[person] -= 1
        if not left[person]:
            del left[person]
            continue
        asked[person] = time.perf_counter()
        await qq.private(person, "你好")
    return {
        f"{people} 人同时问，每秒答几条": len(times) / taken,
        f"{people} 人同时问，p95（秒）": percentile(times or [PATIENCE], 95),
        f"{people} 人同时问，丢了几条": sum(left.values()),
    }


async def newcomers(qq: QQ, pid: int) -> dict[str, float]:
    """一千个没说过话的人各问一句，二十个一批，内存涨多少。"""
    before = resident_mib(pid)
    for start in range(0, NEWCOMERS, BATCH):
        for person in range(start, start + BATCH):
            await qq.private(100_000 + person, "你好")
        await qq.collect(BATCH, PATIENCE)
    return {"每多一千个会话的内存（MiB）": resident_mib(pid) - before}
