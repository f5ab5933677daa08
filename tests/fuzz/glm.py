"""进程里的 GLM：什么都回一段难看的话；「问 N 号」的回答末尾是「完 N 号」。"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from . import garbage

_ASKED = re.compile(r"问(\d+)号")
_LONGEST = 4 * 1024 * 1024
"""再长的哪个模型也装不下。"""
_TOO_LONG = b'{"error": {"code": "1261", "message": "too long"}}'
_JSON, _STREAM = b"application/json", b"text/event-stream"


def asking(number: int) -> str:
    """第 N 个提问里的话。"""
    return f"问{number}号"


def ending(number: int) -> str:
    """它的回答里的话。"""
    return f"完{number}号。"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """一个连接。"""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            fields = head.lower().partition(b"content-length:")[2]
            raw = await reader.readexactly(int(fields.split(b"\r\n")[0] or 0))
            body = json.loads(raw or b"{}")
            status, kind, answer = b"200 OK", _JSON, _TOO_LONG
            if len(raw) > _LONGEST:
                status = b"400 Bad Request"
            elif body.get("stream"):
                kind, answer = _STREAM, b"".join(_answer(body, streaming=True))
            else:
                answer = b"".join(_answer(body, streaming=False))
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Type: " + kind)
            writer.write(b"\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def _answer(body: dict[str, Any], *, streaming: bool) -> Iterator[bytes]:
    asked = str(body["messages"][-1]["content"]) if "messages" in body else ""
    found = _ASKED.search(asked)
    rng = Random(asked)
    words = rng.choice(("好的。", "一\n\n二\n\n三", _ugly(rng), f"{_ugly(rng)}\n\n话"))
    if found:
        words += rng.choice(("", "\n", "\n\n")) + ending(int(found[1]))
    if not streaming:
        yield _whole("message", words, "stop")
        return
    size = rng.choice((1, 3, 50, 5000))
    for start in range(0, len(words), size):
        piece = words[start : start + size]
        yield b"data: " + _whole("delta", piece, "") + b"\n\n"
    yield b"data: " + _whole("delta", "", "stop") + b"\n\ndata: [DONE]\n\n"


def _whole(part: str, words: str, finish: str) -> bytes:
    choice = {part: {"content": words}, "finish_reason": finish or None}
    return json.dumps({"choices": [choice]}).encode()


def _ugly(rng: Random) -> str:
    """难看的话，没有开了头的思考：它后面的都不给人看。"""
    pieces = [garbage.text(rng, 4) for _ in range(rng.randrange(1, 6))]
    return rng.choice(("\n\n", "\n", "")).join(pieces)[:20_000].replace("<think>", "")
