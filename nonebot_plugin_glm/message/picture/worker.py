"""画图的进程：从标准输入读 Markdown 或写好的网页，往标准输出写 PNG，输入关了就结束。

它不经包的门口进来（那里要有整个机器人），也从不联网、读别的文件：页面里没有会去取
的东西，两个取东西的函数又都什么也不给。每张图的 CPU 时间与内存都有上限。
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from . import WIDTH
from .frames import NO_FONT, NO_PICTURE, READY, read_frame, write_frame
from .page import page

CPU_SECONDS = 20
"""一张图最多算多少秒；机器人不在了也不会一直算下去。"""
MEMORY = 2 << 30
"""地址空间最多多少字节。"""
PICTURES = 100
"""画这么多张就换一个新的进程：库里漏掉的内存不会越积越多。"""
TALLEST = 14_000
"""图最高多少像素：再长的在手机上要翻十几屏，聊天软件也会把它压糊。"""

_FONTS = Path("/etc/fonts")


def main() -> None:
    """一张接一张地画。"""
    source, sink = sys.stdin.buffer, _claim_output()
    ready = _prepare()
    write_frame(sink, ready)
    if ready == READY:
        _Loop().run_until_complete(_serve(source, sink))
    sink.flush()
    # 原生线程还没有走干净，正常退出会撞上它而中止
    os._exit(0)


def _claim_output() -> IO[bytes]:
    """独占标准输出：库里的 print 与日志都去标准错误。"""
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sink


def _prepare() -> bytes:
    import nonebot

    nonebot.logger.remove()
    nonebot.init(driver="~none", _env_file=None)
    import nonebot_plugin_htmlkit

    # 它自带的 fontconfig 不看系统的配置，没有配置就没有合成的粗体与字体的别名
    if _FONTS.is_dir():
        os.environ.setdefault("FONTCONFIG_PATH", str(_FONTS))
    nonebot_plugin_htmlkit.init_fontconfig()
    _limit_memory()
    library = nonebot_plugin_htmlkit.core.__file__
    return READY if library is None or _has_chinese(library) else NO_FONT


def _has_chinese(library: str) -> bool:
    """有没有中文字体，问 htmlkit 自带的 fontconfig；问不到就当有。"""
    with suppress(OSError, AttributeError):
        fontconfig = ctypes.CDLL(library)
        parse, build, search = (
            fontconfig.FcNameParse,
            fontconfig.FcObjectSetBuild,
            fontconfig.FcFontList,
        )
        for function in (parse, build, search):
            function.restype = ctypes.c_void_p
        wanted = ctypes.c_void_p(parse(b":lang=zh-cn"))
        fields = ctypes.c_void_p(build(b"family", None))
        fonts = search(None, wanted, fields)
        return bool(fonts and ctypes.c_int.from_address(fonts).value)
    return True


class _Loop(asyncio.SelectorEventLoop):
    """htmlkit 0.1.0rc5 多放掉一次它要来的 future，解释器随后就崩溃：这里多留一次。"""

    def create_future(self) -> asyncio.Future[bytes]:
        future = super().create_future()
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(future))
        return future


async def _serve(source: IO[bytes], sink: IO[bytes]) -> None:
    for _ in range(PICTURES):
        request = read_frame(source)
        if request is None:
            return
        _limit_time()
        try:
            picture = await _draw(**json.loads(request))
        except Exception:  # 画图的边界：一张画不出，下一张照画
            picture = NO_PICTURE
        write_frame(sink, picture)


async def _draw(markdown: str = "", dark: bool = False, html: str = "") -> bytes:
    from nonebot_plugin_htmlkit import html_to_pic, none_fetcher

    written = html or page(markdown, dark=dark)
    if written is None:
        return NO_PICTURE
    picture = await html_to_pic(
        written,
        max_width=WIDTH,
        img_fetch_fn=none_fetcher,
        css_fetch_fn=none_fetcher,
        native_data_scheme=False,
    )
    height = int.from_bytes(picture[20:24], "big")
    return picture if height <= TALLEST else NO_PICTURE


def _limit_time() -> None:
    with suppress(ImportError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        spent = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, hard))


def _limit_memory() -> None:
    with suppress(ImportError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
