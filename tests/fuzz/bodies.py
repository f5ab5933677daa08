"""GLM 的回应：由合法的回应改坏，再切成一块块。"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx

from . import garbage

_BOMB = gzip.compress(b" " * (24 * 1024 * 1024))
_DEEP = b"[" * 100_000
_ENDINGS = (b"data: [DONE]\n\n", b"data: [DONE]", b"", b"data: [DONE]\r\n\r\n", b"\x00")


def body(rng: Random, part: str) -> dict[str, Any]:
    """一个合法的回应或一帧，正文也许难看。"""
    words = rng.choice(("好", "你好，", garbage.text(rng)))
    call = {
        "id": "c", "index": 0, "type": "function",
        "function": {"name": "remember", "arguments": '{"text": "x"}'},
    }  # fmt: skip
    said: dict[str, Any] = {"role": "assistant", "content": words}
    if rng.random() < 0.2:
        said["tool_calls"] = [call]
    if rng.random() < 0.2:
        said["reasoning_content"] = garbage.text(rng)
    endings = ("stop", "length", "tool_calls", "sensitive", "network_error", None, "")
    usage = {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}
    found: dict[str, Any] = {
        "id": "1", "model": "glm-4.7-flash", "usage": usage,
        "choices": [{"index": 0, part: said, "finish_reason": rng.choice(endings)}],
    }  # fmt: skip
    if rng.random() < 0.1:
        found["error"] = {"code": rng.choice(("1302", 1113, "x")), "message": words}
    return garbage.mutated(rng, found, rng.choice((0.0, 0.03, 0.2)))


def encoded(rng: Random, data: Any) -> bytes:
    """JSON 的字节；偶尔套得极深、截断、不是 UTF-8、改了一个字节。"""
    raw = json.dumps(data, ensure_ascii=rng.random() < 0.5)
    packed = raw.encode("utf-8", "surrogatepass")
    dice = rng.random()
    if dice < 0.004:
        return _DEEP
    if dice < 0.03:
        return packed[: rng.randrange(len(packed) + 1)]
    if dice < 0.06 and packed:
        spot = rng.randrange(len(packed))
        return packed[:spot] + bytes([rng.randrange(256)]) + packed[spot + 1 :]
    return packed


def stream(rng: Random) -> bytes:
    """一个事件流：帧会重复、截断，行尾混着，夹着注释与别的字段。"""
    newline = rng.choice((b"\n", b"\n", b"\r\n", b"\r"))
    lines = [b"\xef\xbb\xbf"] if rng.random() < 0.03 else []
    for _ in range(rng.randrange(6)):
        frame = b"data: " + encoded(rng, body(rng, "delta"))
        ending = newline * 2 if rng.random() < 0.97 else b"\r\n\n"
        lines += [frame + ending] * rng.choice((1, 1, 1, 2))
        if rng.random() < 0.1:
            odd = (b": ping", b"event: x", b"id: \x00", b"retry: -1", b"data", b"\xff")
            lines.append(rng.choice(odd) + newline * 2)
    return b"".join([*lines, rng.choice(_ENDINGS)])


def response(rng: Random) -> httpx.Response:
    """一个回应：状态、类型、编码也会不对。"""
    streaming = rng.random() < 0.6
    raw = stream(rng) if streaming else encoded(rng, body(rng, "message"))
    headers = {"Content-Type": "text/event-stream" if streaming else "application/json"}
    if rng.random() < 0.05:
        kinds = ("text/html", "", "text/event-stream; charset=utf-16", "x" * 500)
        headers["Content-Type"] = rng.choice(kinds)
    status = 200 if rng.random() < 0.85 else rng.choice((204, 302, 400, 401, 429, 500))
    if status == 302:
        headers["Location"] = "http://127.0.0.1:1/"
    if rng.random() < 0.1:
        headers["Retry-After"] = rng.choice(
            ("1", "-1", "nan", "inf", "x" * 99, "1e999")
        )
    dice = rng.random()
    if dice < 0.003:
        raw, headers["Content-Encoding"] = _BOMB, "gzip"
    elif dice < 0.03:
        packed = rng.choice((gzip.compress, zlib.compress))(raw)
        headers["Content-Encoding"] = rng.choice(("gzip", "deflate", "br", "x"))
        raw = packed[: rng.choice((len(packed), len(packed) // 2))]
    return httpx.Response(status, headers=headers, content=_flow(cut(rng, raw)))


def cut(rng: Random, raw: bytes) -> list[bytes]:
    """切成几块，短的有时逐字节。"""
    if len(raw) < 2000 and rng.random() < 0.1:
        return [raw[n : n + 1] for n in range(len(raw))]
    spots = sorted(rng.randrange(len(raw) + 1) for _ in range(rng.randrange(6)))
    bounds = zip([0, *spots], [*spots, len(raw)], strict=True)
    return [raw[start:end] for start, end in bounds]


async def _flow(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
