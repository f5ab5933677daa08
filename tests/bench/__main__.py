"""运行基准，打印 Markdown 表：`python -m tests.bench [遍数=2]`，一遍要几分钟。

几个机器人一项一项轮流量，几遍取中位数：机器忽快忽慢时，大家一样忽快忽慢。延迟与 CPU
两项里 GLM 立刻答，量到的全是机器人自己的。只转发的不要流；本插件照默认的 `GLM_STREAM`
要流，同样的字分成八帧。
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path

from .figures import FIGURES
from .glm import KEY, serving
from .measure import busy_share
from .scenarios import Contestant, calm, crowds, flood, importing, one_by_one

YARDSTICKS = ("tests.bench.yardsticks",)
EMPTY = Contestant("空插件", YARDSTICKS, {"YARDSTICK": "never"})
LIMIT = Contestant("只转发", YARDSTICKS, {"YARDSTICK": "forward"})
OURS = Contestant(
    "本插件",
    ("nonebot_plugin_glm",),
    {"GLM_API_KEY": KEY, "GLM_MAX_CONCURRENCY": "500"},
)

WHOLE = Contestant("不要流", OURS.plugins, {**OURS.settings, "GLM_STREAM": "false"})
"""与只转发的一样不要流：差的就只是插件自己的。"""

CONTESTANTS = (EMPTY, LIMIT, OURS, WHOLE)
TITLES = (
    *("项目", "空插件", "只转发", "本插件", "不要流"),
    *("÷ 空插件", "÷ 只转发", "不要流 ÷ 只转发", "要守住", "守住了"),
)
QUIET, TRIES = 0.2, 20

Found = dict[str, dict[str, list[float]]]


async def quiet() -> float:
    """等机器静下来，至多二十秒；返回最后一秒忙了几成。"""
    busy = 1.0
    for _ in range(TRIES):
        busy = await busy_share()
        if busy <= QUIET:
            break
    return busy


async def once(server: str, found: Found) -> None:
    """每一项都让几个机器人挨着量一遍；空插件不回答，只量前几项。"""
    fast, slow = f"{server}/0", f"{server}/0.2"
    for scenario, url in (
        (calm, fast),
        (flood, fast),
        (one_by_one, fast),
        (crowds, slow),
    ):
        for contestant in CONTESTANTS:
            if contestant is EMPTY and scenario is not calm:
                continue
            with tempfile.TemporaryDirectory() as folder:
                results = await scenario(contestant, Path(folder), url)
                if scenario is calm:
                    results.update(await importing(contestant, Path(folder)))
            for name, value in results.items():
                found[contestant.name].setdefault(name, []).append(value)


async def main(rounds: int) -> None:
    """启动 GLM，量几遍，打印。"""
    found: Found = {contestant.name: {} for contestant in CONTESTANTS}
    busy, load = await quiet(), os.getloadavg()[0]
    async with serving() as server:
        for _ in range(rounds):
            await once(server, found)
    sys.stdout.write(
        f"{rounds} 遍的中位数，{os.cpu_count()} 核；开始时机器忙了 {busy:.0%}，"
        f"一分钟负载 {load:.2f}。\n\n{table(found)}"
    )


def table(found: Found) -> str:
    """一项一行：各自的数，本插件与两把尺之比，要守的数，守没守住。"""
    empty, limit, ours, whole = (
        {name: statistics.median(values) for name, values in found[c.name].items()}
        for c in CONTESTANTS
    )
    rows = [f"| {' | '.join(TITLES)} |", "| --- " * len(TITLES) + "|"]
    for name, value in ours.items():
        everyone = (empty, limit, ours, whole)
        cells = [f"{r[name]:.2f}" if name in r else "—" for r in everyone]
        pairs = ((value, empty), (value, limit), (whole[name], limit))
        cells += [f"{v / r[name]:.2f}" if r.get(name) else "—" for v, r in pairs]
        figure = FIGURES.get(name)
        if figure is None:
            cells += ["—", "—"]
        else:
            held = figure.held(empty, limit, ours)
            cells += [figure.words, "是" if held else "**否**"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2))
