"""存心捣乱的客户端：自己握手，什么都往上写，应答也乱来。"""

from __future__ import annotations

import asyncio
import contextlib
import json
from random import Random
from typing import Any

from . import events, frames

_PATH = "/onebot/v11/ws"
_LONGEST = 3.0
"""写不进去、连不上，最多等多少秒。"""
_UNANSWERED = 0.1


class Intruder:
    """一个账号；断了下次再连。

    参数:
        port: 机器人的端口
        account: 账号
        rng: 怎样作答
    """

    def __init__(self, port: int, account: int, rng: Random) -> None:
        self._port = port
        self._account = account
        self._rng = rng
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    async def write(self, blocks: list[bytes]) -> None:
        """写这几块；对面断了就算了。"""
        # Python 3.10 的超时不是 OSError
        with contextlib.suppress(OSError, EOFError, asyncio.TimeoutError):
            if self._reading is None or self._reading.done():
                await self._connect()
            for block in blocks:
                if self._writer is None:
                    return
                if not block:
                    self._writer.transport.abort()
                self._writer.write(block)
                await asyncio.wait_for(self._writer.drain(), _LONGEST)

    async def close(self) -> None:
        """断开。"""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer is not None:
            self._writer.transport.abort()
        self._writer = self._reading = None

    async def _connect(self) -> None:
        await self.close()
        fields = {"X-Self-ID": str(self._account), "Upgrade": "websocket"}
        reader, self._writer = await knock(self._port, "GET", _PATH, fields)
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _LONGEST)
        self._reading = asyncio.create_task(self._read(reader, self._writer))

    async def _read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """读到断开，答它的接口调用。"""
        with contextlib.suppress(OSError, EOFError, ValueError):
            while True:
                opcode, size = await reader.readexactly(2)
                if size >= 126:
                    raw = await reader.readexactly(2 if size == 126 else 8)
                    size = int.from_bytes(raw, "big")
                payload = await reader.readexactly(size)
                if opcode & 15 == frames.CLOSE:
                    return
                if opcode & 15 in (frames.TEXT, frames.BINARY):
                    self._answer(json.loads(payload), writer)

    def _answer(self, call: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        rng = self._rng
        if rng.random() < _UNANSWERED:
            return
        data = events.answer(rng, call["action"], call["params"])
        answer = frames.packed(frames.response(rng, call["echo"], data))
        for _ in range(2 if rng.random() < 0.02 else 1):
            writer.write(frames.frame(frames.TEXT, answer))


async def knock(
    port: int, method: str, path: str, fields: dict[str, str], body: bytes = b""
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """写一个 HTTP 请求，不等回应。"""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    upgrade = {
        "Host": "127.0.0.1", "Content-Length": str(len(body)),
        "Connection": "Upgrade" if "Upgrade" in fields else "close",
        "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }  # fmt: skip
    head = [f"{method} {path} HTTP/1.1"]
    head += [f"{name}: {value}" for name, value in (upgrade | fields).items()]
    writer.write("\r\n".join([*head, "", ""]).encode("utf-8", "replace") + body)
    return reader, writer


async def gatecrash(port: int, rng: Random, taken: int) -> None:
    """不该让进来的：没有号码、号码怪、号码是别人的（`taken`），或用 HTTP 上报。"""
    account = rng.choice((None, "", "abc", "-1", "１２", "9" * 500, "\x7f", str(taken)))
    path, fields = _PATH, {} if account is None else {"X-Self-ID": account}
    method, body = "GET", b""
    if rng.random() < 0.5:
        fields["Upgrade"] = "websocket"
    else:
        method, path = "POST", rng.choice(("/onebot/v11/http", "/onebot/v11/", "/"))
        fields["X-Self-ID"] = rng.choice(("50001", "50002", "abc"))
        body = frames.packed(events.event(rng))
        body = body[: rng.choice((len(body), len(body) // 2, 0))]
    with contextlib.suppress(OSError, EOFError, asyncio.TimeoutError):
        reader, writer = await knock(port, method, path, fields, body)
        try:
            await asyncio.wait_for(reader.read(200), _LONGEST)
        finally:
            writer.transport.abort()
