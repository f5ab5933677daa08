"""测试共用的合并转发：各家客户端的节点，与照表回答的机器人。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nonebot.adapters.onebot.v11 import Message, MessageSegment, NetworkError
from nonebot.adapters.onebot.v11.event import Reply
from nonebot.compat import type_validate_python

from .builders import ScriptedBot

Json = dict[str, Any]


class ForwardingBot(ScriptedBot):
    """照表回答 `get_forward_msg`；表里没有的拒绝，是异常的抛出。"""

    def __init__(self, answers: Mapping[str, object]) -> None:
        super().__init__()
        self._answers = answers
        self.asked: list[str] = []

    async def call_api(self, api: str, **data: Any) -> Any:
        """记下问了哪一条。"""
        assert api == "get_forward_msg"
        self.asked.append(data["id"])
        answer = self._answers.get(data["id"], NetworkError("没有"))
        if isinstance(answer, Exception):
            raise answer
        return answer


def text(words: str) -> Json:
    """一段文本。"""
    return {"type": "text", "data": {"text": words}}


def inner(identity: str, **data: Any) -> Json:
    """套在里面的合并转发，`content` 是 NapCat 一并带来的节点。"""
    return {"type": "forward", "data": {"id": identity, **data}}


def node(content: object, user_id: object = 5, nickname: str = "乙") -> Json:
    """go-cqhttp 与 LLBot 的节点。"""
    sender = {"user_id": user_id, "nickname": nickname}
    return {"content": content, "sender": sender, "time": 1}


def napcat_node(content: object, card: str = "") -> Json:
    """NapCat 的节点就是消息事件。"""
    sender = {"user_id": 5, "nickname": "乙", "card": card, "role": "member"}
    return {"post_type": "message", "user_id": 5, "sender": sender, "message": content}


def lagrange_node(content: object) -> Json:
    """Lagrange 的节点裹在 `data` 里。"""
    return {
        "type": "node",
        "data": {"user_id": "5", "nickname": "乙", "content": content},
    }


def forward(identity: str = "a", **data: Any) -> Message:
    """一条合并转发。"""
    return Message([MessageSegment("forward", {"id": identity, **data})])


def quoting(message: Message | str, user_id: int | None = 5, **sender: Any) -> Reply:
    """适配器取来的引用。"""
    return type_validate_python(
        Reply,
        {
            "time": 1,
            "message_type": "group",
            "message_id": 77,
            "real_id": 77,
            "sender": {"user_id": user_id, "nickname": "乙", **sender},
            "message": message,
        },
    )
