"""这台机器：数据库与磁盘，画图用的字体。"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from ...conversation import checkup
from ...conversation.server import look_at_server
from ...conversation.tables import SCHEMA_VERSION
from ...exception import StoreError
from .findings import Finding, State

LOW_DISK = 200 * 1024 * 1024
"""磁盘剩得不到这么多字节就该看看了。"""
_MIB = 1024 * 1024
_PAINTER = "nonebot_plugin_htmlkit"
_FONT_DIRECTORIES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
_CHINESE = re.compile(
    r"cjk|sourcehan|msyh|simhei|simsun|wqy|pingfang|hiragino|stheiti|droidsansfallback",
    re.IGNORECASE,
)


async def database(where: Path | str) -> Finding:
    """看数据库。"""
    if isinstance(where, Path):
        return await _file(where)
    try:
        server = await asyncio.to_thread(look_at_server, where)
    except StoreError as error:
        return Finding("数据库", State.BAD, f"PostgreSQL 连不上：{error}")
    if server.schema > SCHEMA_VERSION:
        return Finding("数据库", State.BAD, _newer(server.schema))
    if server.trouble:
        return Finding("数据库", State.BAD, f"PostgreSQL {server.trouble}")
    return Finding("数据库", State.FINE, f"PostgreSQL {server.version}，连得上")


async def _file(path: Path) -> Finding:
    state = await asyncio.to_thread(checkup.look_at, path)
    problem = ""
    if state.trouble:
        problem = f"{path} 写不进（{state.trouble}）：检查数据目录的权限与磁盘空间"
    elif state.version > SCHEMA_VERSION:
        problem = _newer(state.version)
    if problem:
        return Finding("数据库", State.BAD, problem)
    free = f"磁盘还剩 {state.free // _MIB} MiB"
    if state.free < LOW_DISK:
        return Finding("数据库", State.WARN, f"{free}：腾出空间，满了就记不下")
    size = f"{state.size / _MIB:.1f} MiB" if state.size else "还没有历史"
    return Finding("数据库", State.FINE, f"{size}，{free}")


def _newer(version: str) -> str:
    return f"是第 {version} 版，比插件的 {SCHEMA_VERSION} 新：升级插件"


async def fonts() -> list[Finding]:
    """看有没有中文字体；没有装画图的附加就不必看。"""
    if find_spec(_PAINTER) is None:
        return []
    if await asyncio.to_thread(_has_chinese_font):
        return [Finding("字体", State.FINE, "有中文字体")]
    text = "没有中文字体，不画图，只发文本：装一个，如 apt install fonts-noto-cjk"
    return [Finding("字体", State.WARN, text)]


def _has_chinese_font() -> bool:
    if (lister := shutil.which("fc-list")) is not None:
        command = [lister, ":lang=zh", "family"]
        done = subprocess.run(command, capture_output=True, check=False)
        return bool(done.stdout.strip())
    directories = (Path(name).expanduser() for name in _FONT_DIRECTORIES)
    files = (file for directory in directories for file in directory.rglob("*.*"))
    return any(_CHINESE.search(file.name) for file in files)
