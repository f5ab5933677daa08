"""机器人的主人放在文件夹里的人设：一个 Markdown 文件一个，文件名就是名字。

用到时才看一眼，几秒之内不再看：不另开线程守着，改了也很快生效。
"""

from __future__ import annotations

import asyncio
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..conversation.naming import persona_name

CHECK_SECONDS = 3.0
"""至少隔多少秒才再看一次。"""
MOST_BYTES = 16 * 1024
"""一个文件最大多少字节。"""
MOST_FILES = 200
"""最多看多少个文件。"""


@dataclass(frozen=True, slots=True)
class _File:
    stamp: tuple[int, int]
    """修改时间与大小：都没变就不再读"""
    text: str | None
    """读得出的正文，从没读出过是 `None`"""


class PersonaFolder:
    """一个文件夹里的人设。

    参数:
        path: 文件夹，可以不存在；`None` 为没有
        warn: 读不出的文件说给谁听，每改一次只说一次
        clock: 单调的秒数
    """

    def __init__(
        self,
        path: Path | None,
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._warn = warn
        self._clock = clock
        self._checked = float("-inf")
        self._files: dict[str, _File] = {}
        self._lock = asyncio.Lock()

    async def texts(self) -> dict[str, str]:
        """名字到正文，依文件名排列。"""
        async with self._lock:
            if self._clock() - self._checked >= CHECK_SECONDS:
                self._files = await asyncio.to_thread(self._scan)
                self._checked = self._clock()
        found = ((persona_name(name), file.text) for name, file in self._files.items())
        return {name: text for name, text in found if name and text}

    def _scan(self) -> dict[str, _File]:
        if self._path is None:
            return {}
        try:
            paths = sorted(self._path.glob("*.md"))
        except OSError:
            return self._files
        visible = [path for path in paths if not path.name.startswith(".")]
        files = {path.stem: self._look(path) for path in visible[:MOST_FILES]}
        return {name: file for name, file in files.items() if file}

    def _look(self, path: Path) -> _File | None:
        """看一个文件；没有变就还是原来的，读不出就留着原来的正文。"""
        old = self._files.get(path.stem)
        try:
            facts = path.stat()
        except OSError:
            return None
        if not stat.S_ISREG(facts.st_mode):
            return None
        stamp = (facts.st_mtime_ns, facts.st_size)
        if old and old.stamp == stamp:
            return old
        try:
            return _File(stamp, _read(path))
        except (OSError, ValueError) as exc:
            reason = type(exc).__name__ if isinstance(exc, OSError) else str(exc)
            kept = "仍用原来的内容" if old and old.text else "没有读"
            self._warn(f"人设文件 {path.name} {reason}，{kept}")
            return _File(stamp, old.text if old else None)


def _read(path: Path) -> str:
    """读出正文。

    异常:
        ValueError: 不合规矩，文本是缘由
        OSError: 读不出
    """
    if persona_name(path.stem) is None:
        raise ValueError("的名字不合规矩")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"超过了 {MOST_BYTES // 1024} KB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("不是 UTF-8 编码的") from None
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not text:
        raise ValueError("是空的")
    return text
