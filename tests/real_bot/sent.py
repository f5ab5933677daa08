"""机器人发来的消息，与客户端对它的应答。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .segments import Segment

Segments = list[Segment]
Respond = Callable[[str, dict[str, Any]], dict[str, Any] | None]
"""由接口名与参数得到应答；`None` 为照常应答。"""

REFUSED: dict[str, Any] = {
    "status": "failed",
    "retcode": 1200,
    "data": None,
    "message": "EventChecker Failed: 消息可能被风控",
}
"""NapCat 被风控时的应答。"""
UNANSWERED: dict[str, Any] = {}
"""不应答，让机器人等到超时。"""


@dataclass(frozen=True)
class Sent:
    """机器人发来的一条消息。"""

    action: str
    params: dict[str, Any]

    @property
    def group_id(self) -> int | None:
        """发到哪个群，私聊为 `None`。"""
        return self.params.get("group_id")

    @property
    def user_id(self) -> int | None:
        """发给谁。"""
        return self.params.get("user_id")

    @property
    def segments(self) -> Segments:
        """消息段；合并转发是它的节点。"""
        return self.params.get("message") or self.params.get("messages") or []

    @property
    def text(self) -> str:
        """所有文本段连起来，合并转发的节点也算。"""
        parts: list[str] = []
        for segment in self.segments:
            data = segment["data"]
            inner = data.get("content", []) if segment["type"] == "node" else [segment]
            parts += [s["data"]["text"] for s in inner if s["type"] == "text"]
        return "".join(parts)

    @property
    def kinds(self) -> list[str]:
        """各段的类型。"""
        return [segment["type"] for segment in self.segments]

    @property
    def quoted(self) -> str | None:
        """引用了哪条消息。"""
        for segment in self.segments:
            if segment["type"] == "reply":
                return str(segment["data"]["id"])
        return None
