"""tests/README.md 里的故障表：平常核对，`WRITE_FAULTS=1` 时照看到的重写。"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

README: Final = Path(__file__).parents[2] / "README.md"
WRITING: Final = bool(os.environ.get("WRITE_FAULTS"))
_BEGIN, _END = "<!-- 故障表开始 -->", "<!-- 故障表结束 -->"
_HEAD = "| 故障 | 看到的 |\n| --- | --- |\n"


class Book:
    """这一次看到的。"""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}
        text = README.read_text("utf-8")
        self._before, rest = text.split(_BEGIN)
        table, self._after = rest.split(_END)
        lines = [line.strip("| ").split(" | ") for line in table.split("\n")[4:]]
        self.known = {line[0]: line[1] for line in lines if len(line) == 2}

    def note(self, name: str, seen: str) -> None:
        """记下一种故障看到了什么，与表里的不同就是失败。"""
        seen = seen.replace("\n", " ").replace("|", "\\|")
        self._seen[name] = seen
        assert WRITING or self.known.get(name) == seen, (
            f"{name}：表里是 {self.known.get(name)}，看到的是 {seen}；"
            "是对的就用 WRITE_FAULTS=1 重写"
        )

    def close(self) -> None:
        """要写就写。"""
        if WRITING:
            # 只跑了一部分时，没有跑到的照旧
            known = {**self.known, **self._seen}
            rows = "".join(f"| {n} | {s} |\n" for n, s in known.items())
            table = f"{_BEGIN}\n\n{_HEAD}{rows}\n{_END}"
            README.write_text(f"{self._before}{table}{self._after}", "utf-8")
