"""坏掉的回应：残缺、空、断线、太大。"""

from __future__ import annotations

import asyncio
import gc
import gzip
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from nonebot_plugin_glm.api.bounded import MAX_BODY_BYTES
from nonebot_plugin_glm.exception import (
    EmptyAnswerError,
    GLMError,
    NetworkError,
    ProtocolError,
    RateLimitError,
)
from tests.fake_glm import FakeGLM, faults
from tests.patience import wait_until

from .talk import ONCE, WAYS, Connect, answering, ask, gather, raw_stream

LONG = "一二三四五六七八九十"
EVENTS = "text/event-stream"
DEEP = b"[" * 100_000


@WAYS
@pytest.mark.parametrize(
    ("fault", "cls"),
    [
        (faults.TruncatedJson(), ProtocolError),
        (faults.EmptyChoices(), EmptyAnswerError),
        (faults.Content(None), EmptyAnswerError),
        (faults.Content(""), EmptyAnswerError),
        (faults.Content([]), EmptyAnswerError),
        (faults.Content({"text": "x"}), EmptyAnswerError),
        (faults.Content(7), EmptyAnswerError),
        (faults.Content(faults.MISSING), EmptyAnswerError),
        (faults.Raw(200, b""), ProtocolError),
        (faults.Raw(200, b"null"), ProtocolError),
        (faults.Raw(200, b"[]"), ProtocolError),
        (faults.Raw(200, b"{}"), ProtocolError),
        (faults.Raw(200, b'{"choices":{}}'), ProtocolError),
        (faults.Raw(200, b'{"choices":[7]}'), EmptyAnswerError),
        (faults.Raw(200, b'{"choices":[{"message":7}]}'), EmptyAnswerError),
        (faults.Raw(200, DEEP), ProtocolError),
        (faults.Raw(200, b"<html>", "text/html"), ProtocolError),
        (faults.Raw(200, b"\xff\xfe"), ProtocolError),
        (faults.Raw(200, b"data: 7\n\n", EVENTS), ProtocolError),
        (faults.Raw(200, b"data: \xff\n\n", EVENTS), ProtocolError),
        (faults.Raw(200, b"data: " + DEEP + b"\n\n", EVENTS), ProtocolError),
    ],
)
async def test_retried_once(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault, cls: type[GLMError]
) -> None:
    """读不懂的与空的回应再问一次，还不行才报告。"""
    glm.script(fault)
    client = connect()
    assert await ask(client, way) == "收到：你好"
    glm.script(fault, fault)
    with pytest.raises(cls):
        await ask(client, way)
    assert len(glm.chats) == 4


@WAYS
@pytest.mark.parametrize(
    ("fault", "cls"),
    [
        (faults.CutStream(2), NetworkError),
        (faults.SilentEOF(2), NetworkError),
        (faults.BrokenFrame(2), ProtocolError),
        (faults.StreamError("1305", chunks=2), RateLimitError),
    ],
)
async def test_half_way(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault, cls: type[GLMError]
) -> None:
    """坏在半路：没人看见时从头再来，已经看见的不重试也不重复。"""
    glm.answer = LONG
    glm.script(fault)
    if way != "streamed":
        assert await ask(connect(), way) == LONG
        assert len(glm.chats) == 2
        return
    got: list[str] = []
    with pytest.raises(cls):
        await gather(connect(), got)
    assert got == ["一二三四", "五六七八"]
    assert len(glm.chats) == 1


@WAYS
@pytest.mark.parametrize(
    "fault", [faults.CutStream(0), faults.SilentEOF(0), faults.Reset()]
)
async def test_before_anything(
    glm: FakeGLM, connect: Connect, way: str, fault: faults.Fault
) -> None:
    """什么都还没给出就断开，总是从头再来。"""
    glm.script(fault)
    assert await ask(connect(), way) == "收到：你好"
    assert len(glm.chats) == 2


@pytest.mark.parametrize("way", ["collected", "streamed"])
async def test_only_thinking_was_sent(glm: FakeGLM, connect: Connect, way: str) -> None:
    """断开前只到了思考，等于什么都还没给出。"""
    glm.script(faults.CutStream(2))
    assert await ask(connect(), way, model="glm-5.3") == "收到：你好"
    assert len(glm.chats) == 2


@WAYS
async def test_bad_bytes(glm: FakeGLM, connect: Connect, way: str) -> None:
    """正文里有坏字节：只坏那几个字。"""
    glm.always(faults.BadBytes("好坏好"))
    assert await ask(connect(), way) == "好\ufffd\ufffd\ufffd好"


@pytest.mark.parametrize("way", ["whole", "collected"])
async def test_nothing_but_bad_bytes(glm: FakeGLM, connect: Connect, way: str) -> None:
    """正文全是坏字节：不当作回答，再问一次。"""
    glm.always(faults.BadBytes("坏坏 坏"))
    with pytest.raises(ProtocolError):
        await ask(connect(), way)
    assert len(glm.chats) == 2


@WAYS
async def test_huge_answer(glm: FakeGLM, connect: Connect, way: str) -> None:
    """二十多 MB 的回应读不完就放弃。"""
    glm.always(faults.Huge(7 * 1024 * 1024))
    with pytest.raises(ProtocolError):
        await ask(connect(retry=ONCE), way)


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_endless_body(connect: Connect, status: int, kind: str) -> None:
    """没有尽头的回应只读到上限为止，不论成功、失败、是不是流。"""
    pulled = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal pulled
        while True:
            pulled += 65536
            yield b" " * 65536

    headers = {"Content-Type": kind}
    reply = httpx.Response(status, headers=headers, content=endless())
    with pytest.raises(ProtocolError):
        await ask(connect(transport=answering(reply), retry=ONCE))
    assert MAX_BODY_BYTES < pulled <= MAX_BODY_BYTES + 65536


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
async def test_gzip_bomb(connect: Connect, kind: str) -> None:
    """几十 KB 的压缩包解出二十多 MB，也按解开的大小算。"""
    packed = gzip.compress(b" " * (20 * 1024 * 1024))
    parts = [packed[i : i + 1024] for i in range(0, len(packed), 1024)]
    headers = {"Content-Type": kind, "Content-Encoding": "gzip"}
    client = connect(transport=answering(raw_stream(parts, **headers)), retry=ONCE)
    with pytest.raises(ProtocolError, match="太大"):
        await ask(client)


async def test_nothing_is_left_to_the_garbage_collector(
    glm: FakeGLM, connect: Connect
) -> None:
    """坏在半路、只读一半的流都当场关上：留给垃圾回收，它会在别人的栈里出错。"""
    left: list[str] = []
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(
        finalizer=lambda found: left.append(getattr(found, "__name__", ""))
    )
    try:
        glm.script(faults.BrokenFrame(2), faults.StreamError("1305", chunks=2))
        for _ in range(2):
            with pytest.raises(GLMError):
                await gather(connect(retry=ONCE), [])
        glm.script(faults.Stall(60, chunks=1))
        got: list[str] = []
        task = asyncio.create_task(gather(connect(), got))
        await wait_until(lambda: bool(got))
        task.cancel()
        await asyncio.wait({task})
        gc.collect()
    finally:
        sys.set_asyncgen_hooks(*hooks)
    assert not {"aiter_sse", "_aiter_sse_lines"} & set(left)
