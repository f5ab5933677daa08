"""测试共用：这里画不画得成图，以及读一张 PNG。"""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from dataclasses import dataclass
from importlib.util import find_spec

import pytest


def _obstacle() -> str:
    """画不成图的缘由，没有就是空串。"""
    if find_spec("nonebot_plugin_htmlkit") is None:
        return "没有装 nonebot-plugin-htmlkit"
    if (lister := shutil.which("fc-list")) is None:
        return "没有 fc-list，看不出有没有中文字体"
    fonts = subprocess.run(
        [lister, ":lang=zh-cn", "family"], capture_output=True, check=False
    )
    return "" if fonts.stdout.strip() else "没有中文字体"


OBSTACLE = _obstacle()
needs_drawing = pytest.mark.skipif(bool(OBSTACLE), reason=OBSTACLE)
"""要真画一张图的测试。"""


@dataclass(frozen=True)
class Picture:
    """读出来的 PNG。"""

    width: int
    height: int
    corner: tuple[int, ...]
    """左上角的颜色"""


def read_png(png: bytes) -> Picture:
    """读一张 PNG，校验每一块与像素的字节数。"""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, pixels = 8, b""
    width = height = channels = 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert zlib.crc32(kind + body) == check
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            channels = {2: 3, 6: 4}[color]
            assert depth == 8
        pixels += body if kind == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(pixels)
    assert len(raw) == height * (1 + width * channels)
    return Picture(width, height, tuple(raw[1:4]))
