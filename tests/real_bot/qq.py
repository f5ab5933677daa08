"""OneBot V11 客户端：以真的 WebSocket 连机器人，发事件，应答它的接口调用。"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from typing import Any
from typing_extensions import Self

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from .segments import at, text
from .sent import UNANSWERED, Respond, Segments, Sent

_message_ids = itertools.count(1)


class QQ:
    """一个 QQ 账号的客户端。

    `sent` 是机器人至今发出的消息，`calls` 是一切接口调用；
    `respond` 可以换成别的函数来拒绝发送。
    """

    def __init__(self, socket: Connection, self_id: int) -> None:
        self.self_id = self_id
        self.sent: list[Sent] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[int, dict[str, Any]] = {}
        self.said: set[str] = set()
        self.heard: list[str] = []
        self.respond: Respond = lambda action, params: None
        self._socket = socket
        self._news: asyncio.Queue[Sent] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, port: int, self_id: int = 10000) -> Self:
        """连上机器人。"""
        url = f"ws://127.0.0.1:{port}/onebot/v11/ws"
        headers = {"X-Self-ID": str(self_id), "X-Client-Role": "Universal"}
        socket = await connect(url, additional_headers=headers, proxy=None)
        return cls(socket, self_id)

    async def close(self) -> None:
        """断开。"""
        await self._socket.close()
        await self._reader

    async def push(self, **event: Any) -> None:
        """原样发一个事件。"""
        base = {"time": int(time.time()), "self_id": self.self_id}
        await self._socket.send(json.dumps({**base, **event}))

    async def private(self, user: int, message: Segments | str, **extra: Any) -> int:
        """`user` 私聊机器人，返回消息编号。"""
        return await self._say(
            "private", user, message, {"sub_type": "friend", **extra}
        )

    async def group(
        self,
        group: int,
        user: int,
        message: Segments | str,
        *,
        role: str = "member",
        **extra: Any,
    ) -> int:
        """`user` 在群里说话，返回消息编号。"""
        sender = {"user_id": user, "nickname": f"昵称{user}", "card": "", "role": role}
        sender.update(extra.pop("sender", {}))
        return await self._say(
            "group",
            user,
            message,
            {"sub_type": "normal", "group_id": group, "sender": sender, **extra},
        )

    async def ask(
        self, group: int, user: int, words: str, *, role: str = "member", **extra: Any
    ) -> int:
        """`user` 在群里 @ 机器人说话。"""
        message = [at(self.self_id), text(f"\u00a0{words}")]
        return await self.group(group, user, message, role=role, **extra)

    async def talk(self, user: int, message: Segments | str, **extra: Any) -> Sent:
        """`user` 私聊机器人，等回话。"""
        await self.private(user, message, **extra)
        return await self.next()

    async def call(
        self, group: int, user: int, words: str, *, role: str = "member", **extra: Any
    ) -> Sent:
        """`user` 在群里 @ 机器人说话，等回话。"""
        await self.ask(group, user, words, role=role, **extra)
        return await self.next()

    async def collect(self, count: int, timeout: float = 60.0) -> list[Sent]:
        """等机器人接下来的 `count` 条消息。"""
        return [await self.next(timeout) for _ in range(count)]

    async def next(self, timeout: float = 60.0) -> Sent:
        """等机器人的下一条消息。"""
        try:
            return await asyncio.wait_for(self._news.get(), timeout)
        except asyncio.TimeoutError:
            words = f"{timeout} 秒里机器人没有说话；之前的接口调用：{self.calls[-5:]}"
        raise asyncio.TimeoutError(words)

    async def silence(self, seconds: float = 0.5) -> bool:
        """接下来这段时间里机器人是否一言不发。"""
        await asyncio.sleep(seconds)
        return self._news.empty()

    async def _say(
        self, kind: str, user: int, message: Segments | str, extra: dict[str, Any]
    ) -> int:
        message_id = next(_message_ids)
        event = {
            "post_type": "message",
            "message_type": kind,
            "message_id": message_id,
            "user_id": user,
            "message": message,
            "raw_message": message if isinstance(message, str) else "…",
            "font": 0,
            "sender": {"user_id": user, "nickname": f"昵称{user}"},
            **extra,
        }
        self.messages[message_id] = event
        segments = [text(message)] if isinstance(message, str) else message
        self.said.update(s["data"]["text"] for s in segments if s["type"] == "text")
        await self.push(**event)
        return message_id

    async def _read(self) -> None:
        try:
            async for raw in self._socket:
                await self._answer(json.loads(raw))
        except ConnectionClosed:
            return

    async def _answer(self, call: dict[str, Any]) -> None:
        action, params = call["action"], call.get("params", {})
        self.calls.append((action, params))
        reply = self.respond(action, params)
        if reply is None:
            reply = self._obey(action, params)
        if reply is UNANSWERED:
            return
        if reply.get("retcode") == 0 and action.startswith("send_"):
            sent = Sent(action, params)
            self.sent.append(sent)
            self.heard.append(sent.text)
            self._news.put_nowait(sent)
        await self._socket.send(json.dumps({**reply, "echo": call.get("echo")}))

    def _obey(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if action.startswith("send_"):
            data = {"message_id": self._remember(params)}
        elif action == "get_msg":
            found = self.messages.get(int(params["message_id"]))
            if found is None:
                return {"status": "failed", "retcode": 1404, "data": None}
            data = {"time": 0, "real_id": 1, "message_type": "group", **found}
        return {"status": "ok", "retcode": 0, "data": data}

    def _remember(self, params: dict[str, Any]) -> int:
        message_id = next(_message_ids)
        self.messages[message_id] = {
            "message_id": message_id,
            "message_type": "group" if params.get("group_id") else "private",
            "sender": {"user_id": self.self_id, "nickname": "机器人"},
            "message": params.get("message", []),
        }
        return message_id
