"""跑坏输入，打印 Markdown 表：`python -m tests.fuzz [个数] [--seed N]`，默认十万个。

每一类在自己的进程里跑；`--kind 类 --only 号` 重跑其中一个。
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
from collections import Counter

from . import bot, wire
from .result import Result
from .runs import KINDS, run

SHARES = {
    "events": 0.35, "answers": 0.25, "questions": 0.1, "archives": 0.05,
    "commands": 0.05, "members": 0.05, "wire": 0.15,
}  # fmt: skip
GROWTH = 64.0
"""热身之后最多长多少 MiB：SQLite 与各处的备忘录到这时都满了。"""

ENOUGH = 5000
"""跑了这么多，内存的长势才看得出来。"""


def main() -> int:
    """分头跑，全对才返回 0。"""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("cases", nargs="?", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=list(SHARES))
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    if args.kind is not None:
        if args.kind in KINDS:
            found = run(args.kind, args.cases, args.seed, args.only)
        else:
            found = wire.run(args.cases, args.seed)
        return report(asyncio.run(found))
    sys.stdout.write(
        f"种子 {args.seed}\n\n"
        "| 种类 | 用例 | 秒 | 异常 | 最慢 | 接口最多 | 没有回话 | 内存长 MiB |\n"
        f"{'| --- ' * 8}|\n"
    )
    sys.stdout.flush()
    command = [sys.executable, "-m", "tests.fuzz", "--seed", str(args.seed)]
    runs = [
        subprocess.run([*command, str(int(args.cases * share)), "--kind", kind])
        for kind, share in SHARES.items()
    ]
    return max(done.returncode for done in runs)


def report(result: Result) -> int:
    """一行结果，异常写到标准错误。"""
    seconds, number = result.slowest
    sys.stdout.write(
        f"| {result.kind} | {result.cases} | {result.seconds:.0f} "
        f"| {result.faults.total()} | {seconds:.2f} 秒（第 {number} 个） "
        f"| {result.busiest} | {result.silent} | {result.grown:.1f} |\n"
    )
    for fault, count in result.faults.most_common(40):
        where = result.first.get(fault, "?")
        sys.stderr.write(f"  {count} 次，先在第 {where} 个：{fault}\n")
    _told("不是本插件抛的", bot.others)
    swollen = result.cases >= ENOUGH and result.grown > GROWTH
    return int(bool(result.faults) or swollen)


def _told(title: str, counts: Counter[str]) -> None:
    for what, count in counts.most_common(12):
        sys.stderr.write(f"  （{title}）{count} 次：{what}\n")


if __name__ == "__main__":
    sys.exit(main())
