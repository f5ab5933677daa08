"""运行基准，打印 Markdown 表：`python -m tests.bench`，约四分钟。"""

from __future__ import annotations

import asyncio
import socket
import sys
import tempfile
from pathlib import Path

from .scenarios import Contestant, calm, crowd, flood, one_by_one

KEY = "0123456789abcdef0123456789abcdef.0123456789abcdef"
YARDSTICKS = ("tests.bench.yardsticks",)
EMPTY = Contestant("空插件", YARDSTICKS, {"YARDSTICK": "never"})
LIMIT = Contestant("只转发", YARDSTICKS, {"YARDSTICK": "forward"})
OURS = Contestant(
    "本插件",
    ("nonebot_plugin_glm",),
    {"GLM_API_KEY": KEY, "GLM_MAX_CONCURRENCY": "500"},
)


async def measure(contestant: Contestant, server: str) -> dict[str, float]:
    """量一个机器人的各项；空插件不回答，只量前几项。"""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        found.update(await calm(contestant, home, f"{server}/0"))
        if contestant is not EMPTY:
            found.update(await flood(contestant, home, f"{server}/0"))
            found.update(await one_by_one(contestant, home, f"{server}/0"))
            for people in (100, 500):
                found.update(await crowd(contestant, home, f"{server}/0.2", people))
    return found


async def main() -> None:
    """启动 GLM，依次量，打印。"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (sys.executable, "-m", "tests.bench.glm", str(port))
    glm = await asyncio.create_subprocess_exec(*command)
    try:
        await asyncio.sleep(1)
        contestants = (EMPTY, LIMIT, OURS)
        server = f"http://127.0.0.1:{port}"
        results = [await measure(contestant, server) for contestant in contestants]
    finally:
        glm.terminate()
        await glm.wait()
    sys.stdout.write(table(results))


def table(results: list[dict[str, float]]) -> str:
    """一项一行，最后是本插件与只转发之比。"""
    empty, limit, ours = results
    rows = ["| 项目 | 空插件 | 只转发 | 本插件 | 本插件 ÷ 只转发 |", "| --- " * 5 + "|"]
    for name, value in ours.items():
        cells = [f"{r[name]:.2f}" if name in r else "—" for r in (empty, limit, ours)]
        ratio = f"{value / limit[name]:.2f}" if limit[name] else "—"
        rows.append(f"| {name} | {' | '.join(cells)} | {ratio} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    asyncio.run(main())
