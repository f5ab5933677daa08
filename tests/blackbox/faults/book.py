"""tests/README.md 里的故障表：平常核对，`WRITE_FAULTS=1` 时照看到的重写。"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from .procedure import Seen

README: Final = Path(__file__).parents[2] / "README.md"
WRITING: Final = bool(os.environ.get("WRITE_FAULTS"))
_BEGIN, _END = "<!-- 故障表开始 -->", "<!-- 故障表结束 -->"
_HEAD = "| 故障 | 看到的 | 请求 | 秒 |\n| --- | --- | --- | --- |\n"
_LIMITS = (5, 20, 60)
_ROOM = 4
"""写表时限度至少是用时的几倍：机器忙的时候也不会超过。"""


class Book:
    """这一次看到的。"""

    def __init__(self) -> None:
        self._written: dict[str, tuple[str, ...]] = {}
        text = README.read_text("utf-8")
        self._before, rest = text.split(_BEGIN)
        table, self._after = rest.split(_END)
        lines = [line.strip("| ").split(" | ") for line in table.split("\n")[4:]]
        self._known = {line[0]: tuple(line[1:]) for line in lines if len(line) == 4}

    def note(self, name: str, seen: Seen) -> None:
        """记下一种故障看到了什么，与表里的不同就是失败。"""
        words = seen.text.replace("\n", " ").replace("|", "\\|")
        told, requests, within = self._known.get(name, ("", "", ""))
        row = (words, str(seen.requests))
        late = not within or seen.seconds > int(within.removeprefix("≤ "))
        if WRITING:
            self._written[name] = (*row, _limit(seen.seconds) if late else within)
            return
        advice = "是对的就用 WRITE_FAULTS=1 重写"
        assert row == (told, requests), f"{name}：表里是 {told}（{requests}），{advice}"
        assert not late, f"{name}：用了 {seen.seconds:.1f} 秒，{advice}"

    def close(self) -> None:
        """要写就写。"""
        if WRITING:
            # 只跑了一部分时，没有跑到的照旧
            known = {**self._known, **self._written}
            rows = "".join(f"| {' | '.join((n, *row))} |\n" for n, row in known.items())
            table = f"{_BEGIN}\n\n{_HEAD}{rows}\n{_END}"
            README.write_text(f"{self._before}{table}{self._after}", "utf-8")


def _limit(seconds: float) -> str:
    """最多多少秒。"""
    limits = (limit for limit in _LIMITS if limit >= seconds * _ROOM)
    return f"≤ {next(limits, _LIMITS[-1])}"
