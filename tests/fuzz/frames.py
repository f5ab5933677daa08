"""往 WebSocket 上写什么：事件、没人要的应答、坏的 JSON、不守协议的帧。"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

from . import bodies, events, garbage

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
_FINAL, _MASKED = 0x80, 0x80
_MASK = b"\x11\x22\x33\x44"
_MIB = 1024 * 1024
_FAR = 10**15
"""没有用到这么大的编号：适配器不分账号地认应答，编号对上了就顶替了别人的。"""


def frame(opcode: int, payload: bytes, *, final: bool = True) -> bytes:
    """客户端的一帧。"""
    head = bytes([opcode | (_FINAL if final else 0)])
    size = len(payload)
    if size < 126:
        head += bytes([size | _MASKED])
    elif size < 1 << 16:
        head += struct.pack("!BH", 126 | _MASKED, size)
    else:
        head += struct.pack("!BQ", 127 | _MASKED, size)
    mask = int.from_bytes(_MASK * (size // 4 + 1), "big") >> (8 * (4 - size % 4))
    return head + _MASK + (int.from_bytes(payload, "big") ^ mask).to_bytes(size, "big")


def packed(data: Any) -> bytes:
    """JSON；很长的里没有「<」与反斜杠：loguru 给成片的它们上色要几分钟。"""
    raw = json.dumps(data).encode()
    return _tame(raw) if len(raw) > 20_000 else raw


def _tame(raw: bytes) -> bytes:
    return raw.replace(b"<", b"(").replace(rb"\\", b"//")


def response(rng: Random, echo: Any = None, data: Any = None) -> Any:
    """一个接口的应答，照样子写的、写错了的；没有给 `echo` 的谁也没有问。"""
    if echo is None:
        numbers = (_FAR, str(_FAR), "-1", "", "x", None, [], {}, 0.5, "９" * 20)
        echo = rng.choice(numbers)
    whole = {"status": "ok", "retcode": 0, "data": data, "echo": echo}
    if rng.random() < 0.3:
        whole |= {"status": garbage.value(rng, 1), "retcode": garbage.value(rng, 1)}
    return garbage.mutated(rng, whole, rng.choice((0.0, 0.0, 0.1)))


def hostile(rng: Random, account: int) -> list[bytes]:
    """依次写的几块；`b""` 是就此断开。"""
    return list(rng.choices(_WRITERS, _WEIGHTS)[0](rng, account))


def _event(rng: Random, account: int) -> bytes:
    whole = events.event(rng)
    if isinstance(whole, dict) and rng.random() < 0.9:
        whole["self_id"] = account
    return packed(whole)


def _reported(rng: Random, account: int) -> Iterator[bytes]:
    yield frame(rng.choice((TEXT, TEXT, TEXT, BINARY)), _event(rng, account))


def _unasked(rng: Random, account: int) -> Iterator[bytes]:
    yield frame(TEXT, packed(response(rng, data=garbage.value(rng))))


def _odd(rng: Random, account: int) -> Iterator[bytes]:
    """是 JSON 而不是事件，或不是 JSON。"""
    raw = rng.choice((b"1", b"null", b"[]", b'"x"', b"", b"{", b"[" * 90_000, b"NaN"))
    if rng.random() < 0.6:
        raw = _tame(bodies.encoded(rng, events.event(rng)))
    yield frame(rng.choice((TEXT, BINARY)), raw)


def _huge(rng: Random, account: int) -> Iterator[bytes]:
    words = "长" * rng.choice((_MIB // 8, _MIB, 6 * _MIB))
    said = [{"type": "text", "data": {"text": words}}]
    whole = events.chat(rng, said) | {"self_id": account}
    yield frame(TEXT, json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace"))


def _pieces(rng: Random, account: int) -> Iterator[bytes]:
    """一个事件分成几帧，中间夹着 ping；有时没有完。"""
    parts = bodies.cut(rng, _event(rng, account))[:50]
    for index, part in enumerate(parts):
        last = index == len(parts) - 1 and rng.random() < 0.8
        yield frame(0 if index else TEXT, part, final=last)
        if rng.random() < 0.3:
            yield frame(PING, b"x" * rng.randrange(100))


def _unruly(rng: Random, account: int) -> Iterator[bytes]:
    """不守协议的帧。"""
    yield rng.choice(
        (
            frame(TEXT, b"\xff\xfe{}"), frame(3, b"x"), frame(TEXT | 0x40, b"{}"),
            frame(0, b"{}"), frame(PING, b"x" * 200), frame(CLOSE, b"\x00"),
            frame(CLOSE, struct.pack("!H", rng.randrange(65536)) + b"\xff"),
            b"\x81\x02{}", b"\x81\xff" + b"\xff" * 8 + _MASK, rng.randbytes(40),
        )
    )  # fmt: skip


def _abrupt(rng: Random, account: int) -> Iterator[bytes]:
    """一帧没有写完就断开。"""
    whole = frame(TEXT, _event(rng, account))
    yield whole[: rng.randrange(len(whole))]
    yield b""


_WRITERS = (_reported, _unasked, _odd, _huge, _pieces, _unruly, _abrupt)
_WEIGHTS = (50, 12, 12, 0.5, 10, 7, 8)
