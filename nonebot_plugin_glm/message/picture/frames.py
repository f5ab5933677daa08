"""机器人与画图的进程之间的话：四个字节的长度，再是内容。"""

from __future__ import annotations

import asyncio
from typing import IO

READY, NO_FONT = b"ready", b"no font"
"""画图的进程开口的第一句：可以画了，或没有中文字体。"""
NO_PICTURE = b""
"""画不了这一张。"""
_LENGTH = 4


def frame(content: bytes) -> bytes:
    """一句话。"""
    return len(content).to_bytes(_LENGTH, "big") + content


async def receive(source: asyncio.StreamReader) -> bytes:
    """听一句话。

    异常:
        asyncio.IncompleteReadError: 对方不在了
    """
    length = await source.readexactly(_LENGTH)
    return await source.readexactly(int.from_bytes(length, "big"))


def read_frame(source: IO[bytes]) -> bytes | None:
    """听一句话，对方不在了是 `None`。"""
    length = source.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    return source.read(int.from_bytes(length, "big"))


def write_frame(sink: IO[bytes], content: bytes) -> None:
    """说一句话。"""
    sink.write(frame(content))
    sink.flush()
