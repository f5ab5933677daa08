"""studio：画图的进程用时才开，坏了就换，没有它就发文本。"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nonebot.log import logger

from nonebot_plugin_glm.message.picture import studio as module
from nonebot_plugin_glm.message.picture.studio import (
    FONT_HINT,
    MOST_WAITING,
    Studio,
    has_kit,
)
from tests.pictures import needs_drawing, read_png

SECRET = "不该进日志的话"
FAKE = """
import json, os, sys, time
def say(content):
    sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()
def hear():
    length = sys.stdin.buffer.read(4)
    if not length: os._exit(0)
    return json.loads(sys.stdin.buffer.read(int.from_bytes(length, "big")))
say(b"ready")
while True:
    asked = hear()
    words = asked["markdown"]
    if words == "crash": os._exit(1)
    if words == "hang": time.sleep(60)
    if words == "slow": time.sleep(0.3)
    painted = f"{os.getpid()} {words} {asked['dark']}"
    say(b"" if words == "nothing" else painted.encode())
"""
"""照画图的进程的规矩说话，画的是自己的进程号与听到的话。"""


@asynccontextmanager
async def opened(program: str = FAKE) -> AsyncIterator[Studio]:
    """一间画室，离开时关门。"""
    studio = Studio(program)
    try:
        yield studio
    finally:
        await studio.aclose()


@pytest.fixture
def log() -> Iterator[list[str]]:
    """WARNING 以上的日志。"""
    lines: list[str] = []
    handler = logger.add(lines.append, level="WARNING", format="{message}")
    yield lines
    logger.remove(handler)
    assert SECRET not in "".join(lines)


async def pid_of(studio: Studio, words: str = "图") -> str:
    """画一张，返回是哪个进程画的。"""
    painted = await studio.paint(words, dark=True)
    assert painted is not None
    pid, *said = painted.decode().split()
    assert said == [words, "True"]
    return pid


def alive(pid: str) -> bool:
    """进程还在不在。"""
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("missing", ["", "nonebot_plugin_htmlkit", "pygments"])
def test_half_a_kit_is_none(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """画图的库少一个就算没有装，不去开一个起不来的进程。"""
    monkeypatch.setattr(
        module, "find_spec", lambda name: None if name == missing else name
    )
    assert has_kit() is (not missing)


async def test_one_process_paints_everything() -> None:
    """同一个进程接着画，一张一张来，各得各的；关门就没有了。"""
    async with opened() as studio:
        first = await pid_of(studio)
        pids = await asyncio.gather(*(pid_of(studio, f"第{n}张") for n in range(5)))
        assert set(pids) == {first}
    assert not alive(first)
    assert await studio.paint("图", dark=False) is None


async def test_what_cannot_be_drawn() -> None:
    """画不了的一张是没有，进程照用。"""
    async with opened() as studio:
        first = await pid_of(studio)
        assert await studio.paint("nothing", dark=False) is None
        assert await pid_of(studio) == first


async def test_crash(log: list[str]) -> None:
    """画图的进程总在这一张上崩溃，只丢这一张，下一张换一个进程。"""
    async with opened() as studio:
        first = await pid_of(studio, SECRET)
        assert await studio.paint("crash", dark=False) is None
        assert log == ["图没有画成，改发文本：IncompleteReadError\n"]
        assert await pid_of(studio) != first


async def test_died_in_between(log: list[str]) -> None:
    """画图的进程画完之后没了，下一张由新的画，谁也看不出。"""
    async with opened() as studio:
        first = await pid_of(studio)
        os.kill(int(first), signal.SIGKILL)
        assert await pid_of(studio) != first
    assert log == []


async def test_hang(log: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """画得没完没了的关掉，不占着处理器。"""
    async with opened() as studio:
        first = await pid_of(studio)
        monkeypatch.setattr(module, "PAINT_SECONDS", 0.5)
        assert await studio.paint("hang", dark=False) is None
        assert not alive(first)
    assert log == ["图画得太久，改发文本\n"]


async def test_cancelled_in_the_middle() -> None:
    """画到一半不要了：换一个进程，下一张不会拿到上一张。"""
    async with opened() as studio:
        first = await pid_of(studio)
        painting = asyncio.create_task(studio.paint("hang", dark=False))
        await asyncio.sleep(0.1)
        painting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await painting
        assert await pid_of(studio) != first


async def test_closed_in_the_middle(log: list[str]) -> None:
    """画到一半机器人要关了：不再开新的进程。"""
    studio = Studio(FAKE)
    await pid_of(studio)
    painting = asyncio.create_task(studio.paint("hang", dark=False))
    await asyncio.sleep(0.1)
    await studio.aclose()
    assert await painting is None
    assert log == []


async def test_too_many_waiting() -> None:
    """排队的太多，后来的不等。"""
    async with opened() as studio:
        await pid_of(studio)
        painting = [studio.paint("slow", dark=False) for _ in range(MOST_WAITING + 1)]
        *painted, late = await asyncio.gather(*painting)
        assert all(painted)
        assert late is None


async def test_leaves_when_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """闲下来就关门，再要画时又开。"""
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.1)
    async with opened() as studio:
        first = await pid_of(studio)
        for _ in range(1000):
            await asyncio.sleep(0.02)
            if not alive(first):
                break
        assert not alive(first)
        assert await pid_of(studio) != first


BROKEN = {
    "no font": ("import sys; sys.stdout.write('\\0\\0\\0\\7no font')", FONT_HINT),
    "no start": ("raise SystemExit", "画图的进程起不来"),
}


@pytest.mark.parametrize(("program", "hint"), BROKEN.values(), ids=BROKEN)
async def test_not_usable(log: list[str], program: str, hint: str) -> None:
    """没有字体、起不来：说一次缘由，以后不再试。"""
    async with opened(program) as studio:
        assert await studio.paint(SECRET, dark=False) is None
        assert not studio.usable
        assert await studio.paint(SECRET, dark=False) is None
    assert len(log) == 1
    assert hint in log[0]


async def test_no_such_program(log: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """连解释器都没有也只是发文本。"""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with opened() as studio:
        assert await studio.paint("图", dark=False) is None
    assert "起不来" in log[0]


@pytest.fixture(scope="module")
async def real() -> AsyncIterator[Studio]:
    """真的画室。"""
    studio = Studio()
    yield studio
    await studio.aclose()


@needs_drawing
async def test_really_draws(real: Studio) -> None:
    """真画一张：解得开，不太窄也不太宽，两套颜色不同。"""
    light = await real.paint("# 标题\n\n```py\nx = 1\n```", dark=False)
    dark = await real.paint("正文。" * 100, dark=True)
    assert light is not None
    assert dark is not None
    assert 720 <= read_png(light).width <= 1440
    assert read_png(light).corner == (255, 255, 255)
    assert max(read_png(dark).corner) < 64
    assert 400 < read_png(dark).height < 1600


@needs_drawing
async def test_fetches_nothing(real: Studio, unused_tcp_port: int) -> None:
    """图片、样式、脚本的地址都不去取。"""
    asked: list[object] = []
    server = await asyncio.start_server(
        lambda *streams: asked.append(streams), "127.0.0.1", unused_tcp_port
    )
    url = f"http://127.0.0.1:{unused_tcp_port}/a"
    async with server:
        painted = await real.paint(
            f"![图]({url}.png) <img src={url}> <link rel=stylesheet href={url}.css>\n\n"
            f"<style>@import url({url});</style>\n\n<img src=file:///etc/passwd>",
            dark=False,
        )
        assert painted is not None
    assert asked == []


NO_FONTS = "<fontconfig><dir>{0}</dir><cachedir>{0}</cachedir></fontconfig>"


@needs_drawing
async def test_no_chinese_font(
    log: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """一个中文字体也没有：不画成一个个方框，说清要装什么。"""
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(NO_FONTS.format(tmp_path), "utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(fonts))
    studio = Studio()
    assert await studio.paint(SECRET, dark=False) is None
    assert not studio.usable
    assert log == [f"{FONT_HINT}\n"]


HOSTILE: dict[str, str] = {
    "tall code": "```\n" + "x\n" * 500 + "```",
    "tall table": "|a|b|\n|-|-|\n" + "|中文|b|\n" * 480,
    "one word": "a" * 8000,
    "brackets": "（" * 8000,
    "surrogate": "\ud800",
    "nul": "a\x00b\x1b[31m" * 100,
    "marks": "a" + "\u0300" * 7000,
    "lexer": "```perl\n" + "s{" * 3900 + "\n```",
    "nested": "> " * 15 + "a",
}


@needs_drawing
@pytest.mark.parametrize("markdown", HOSTILE.values(), ids=HOSTILE)
async def test_hostile(
    real: Studio, markdown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """存心为难的也只是画得成或画不成：事件循环不卡，下一张照画。"""
    slowest, drawing = 0.0, asyncio.create_task(real.paint(markdown, dark=False))
    loop = asyncio.get_running_loop()
    while not drawing.done():
        before = loop.time()
        await asyncio.sleep(0.01)
        slowest = max(slowest, loop.time() - before)
    painted = await drawing
    assert slowest < 2
    assert painted is None or read_png(painted).height <= 14_000
    assert await real.paint("下一张", dark=False) is not None
