"""杀很多次，打印看到的：`python -m tests.crashes [次数] [种子]`，二百次约十分钟。"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.fake_glm import FakeGLM
from tests.real_bot import BotProcess

from .ordeal import Ordeal, Seen

KEY = "0123456789abcdef0123456789abcdef.0123456789abcdef"


async def main(kills: int, seed: int) -> int:
    """杀，打印，有毛病就返回 1。"""
    with tempfile.TemporaryDirectory() as folder:
        async with FakeGLM(keys=(KEY,)) as glm:
            settings = {
                "GLM_API_KEY": KEY,
                "GLM_BASE_URL": glm.base_url,
                "GLM_SUMMARY": "false",
                "GLM_RENDER": "text",
                "LOG_LEVEL": "WARNING",
            }
            ordeal = Ordeal(BotProcess(Path(folder), settings), glm, seed)
            seen = await ordeal.run(kills)
    sys.stdout.write(table(seen, seed))
    return 1 if seen.problems else 0


def table(seen: Seen, seed: int) -> str:
    """一项一行的 Markdown 表，后面是毛病。"""
    rows = {
        "SIGKILL": seen.kills,
        f"提问（种子 {seed}）": seen.asked,
        "人读完的回答": seen.readings,
        "存下的轮": seen.turns,
        "杀掉时存下了、还没有读完的提问": seen.unread,
        "杀掉时没有答成、不留痕迹的提问": seen.dropped,
        "重置": seen.resets,
        "重启后看过历史的请求": seen.requests,
        "从启动到读完头一个回答，最久（秒）": f"{seen.recovery:.1f}",
        "丢失、重复、残缺、错了次序的轮": len(seen.problems),
    }
    lines = ["| 看到的 | 数目 |", "| --- | --- |"]
    lines += [f"| {name} | {count} |" for name, count in rows.items()]
    return "\n".join([*lines, *seen.problems[:20], ""])


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    wanted, chosen = (*numbers, *(200, random.randrange(1000))[len(numbers) :])[:2]
    sys.exit(asyncio.run(main(wanted, chosen)))
