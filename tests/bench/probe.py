"""装进机器人里的探针：每秒写下有多少个 asyncio 任务，从外面看不到这个。"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from nonebot import get_driver

FILE = Path(os.environ["PROBE_FILE"])
watching: set[asyncio.Task[None]] = set()


async def watch() -> None:
    """一直写，关机为止；先写到旁边再换名，读的人总读到完整的数。"""
    beside = FILE.with_suffix(".new")
    while True:
        beside.write_text(str(len(asyncio.all_tasks())), "utf-8")
        beside.replace(FILE)
        await asyncio.sleep(1)


@get_driver().on_startup
async def _start() -> None:
    watching.add(asyncio.create_task(watch()))


@get_driver().on_shutdown
async def _stop() -> None:
    for task in watching:
        task.cancel()
