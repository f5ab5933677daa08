"""一段段地拿：什么时候给、给多少，一步一步地看。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from nonebot_plugin_glm.chat.guests import pieces, whole
from nonebot_plugin_glm.domain import Answer, Audience
from nonebot_plugin_glm.exception import NetworkError


class Writer:
    """由测试指挥的回答：`write` 之后等它写到了才返回。"""

    def __init__(self) -> None:
        self.audience: Audience | None = None
        self.begun = asyncio.Event()
        self.cancelled = False
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __call__(self, audience: Audience) -> None:
        """回答一次。"""
        self.audience = audience
        audience.restart()
        self.begun.set()
        try:
            text = await self._end
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        await audience.finish(Answer(text, "m"))

    def write(self, *texts: str) -> None:
        """写出几段。"""
        assert self.audience is not None
        for text in texts:
            self.audience.read(text)

    def finish(self, text: str) -> None:
        """存好了。"""
        self._end.set_result(text)

    def fail(self) -> None:
        """断了。"""
        self._end.set_exception(NetworkError("断"))


async def begun(writer: Writer) -> tuple[AsyncGenerator[str, None], asyncio.Task[str]]:
    """已经在等第一段。"""
    found = pieces(writer)
    first = asyncio.ensure_future(anext(found))
    await writer.begun.wait()
    return found, first


async def test_the_last_piece_waits() -> None:
    """写出的最后一段要等存好了才给；拿走了一段才算看到。"""
    writer = Writer()
    found, first = await begun(writer)
    writer.write(" \n", "春眠")
    for _ in range(10):
        await asyncio.sleep(0)
    assert not first.done()
    assert writer.audience is not None
    assert not writer.audience.seen
    writer.write("不觉晓", "，")
    assert await first == "春眠不觉晓"
    assert writer.audience.seen
    writer.finish("春眠不觉晓，处处")
    assert [piece async for piece in found] == ["，处处"]


async def test_restart() -> None:
    """还没有给出去的可以从头再写。"""
    writer = Writer()
    found, first = await begun(writer)
    writer.write("写坏")
    assert writer.audience is not None
    writer.audience.restart()
    writer.write("重", "写")
    writer.finish("重写")
    assert await first + "".join([piece async for piece in found]) == "重写"


@pytest.mark.parametrize(
    ("written", "answer", "rest"),
    [
        (("诗\n", "\n"), "诗", []),
        (("我想想", "</think>"), "诗", ["\n\n诗"]),
    ],
    ids=["trailing space", "unopened thinking"],
)
async def test_agreeing_with_the_answer(
    written: tuple[str, ...], answer: str, rest: list[str]
) -> None:
    """末尾的空白不再给；给出去的若是缺了开头的思考，空一行给真的回答。"""
    writer = Writer()
    found, first = await begun(writer)
    writer.write(*written)
    assert await first == written[0]
    writer.finish(answer)
    assert [piece async for piece in found] == rest


async def test_failure_comes_after_the_pieces() -> None:
    """给出几段之后才抛出异常。"""
    writer = Writer()
    found, first = await begun(writer)
    writer.write("春眠", "不觉晓")
    assert await first == "春眠"
    writer.fail()
    with pytest.raises(NetworkError):
        await anext(found)


@pytest.mark.parametrize("seen", [False, True])
async def test_leaving(seen: bool) -> None:
    """关上就中止，等它退出。"""
    writer = Writer()
    found, first = await begun(writer)
    if seen:
        writer.write("春眠", "不觉晓")
        await first
        await found.aclose()
    else:
        first.cancel()
        await asyncio.wait([first])
    assert writer.cancelled


async def test_leaving_a_failure() -> None:
    """走的时候它已经失败了：没有人要的异常不出声。"""
    writer = Writer()
    found, first = await begun(writer)
    async with aclosing(found):
        writer.write("春眠", "不觉晓")
        assert await first == "春眠"
        writer.fail()
        await asyncio.sleep(0)
    assert not writer.cancelled


async def test_whole_never_sees_a_part() -> None:
    """要完整的：写到一半不算看到，失败总可以从头再来。"""
    writer = Writer()
    asked = asyncio.create_task(whole(writer))
    await writer.begun.wait()
    writer.write("春眠", "不觉晓")
    assert writer.audience is not None
    assert not writer.audience.seen
    assert writer.audience.written == ""
    writer.finish("诗")
    assert (await asked).text == "诗"
