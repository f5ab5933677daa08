"""测试共用的事件与机器人：事件是真的模型，机器人记下被调用的接口。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nonebot
from nonebot.adapters.onebot.v11 import (
    Adapter,
    Bot,
    GroupMessageEvent,
    Message,
    MessageEvent,
    MessageSegment,
    PrivateMessageEvent,
)
from nonebot.compat import type_validate_python

SELF, USER, GROUP = 10000, 2, 30
Refusal = Callable[[str, dict[str, Any]], Exception | None]
Content = str | MessageSegment | Message


def private_event(message: Content = "你好", **changes: Any) -> PrivateMessageEvent:
    """一条 QQ 私聊消息。"""
    fields = {"message_type": "private", "sub_type": "friend", "to_me": True}
    return type_validate_python(
        PrivateMessageEvent, _fields(message, **{**fields, **changes})
    )


def group_event(message: Content = "你好", **changes: Any) -> GroupMessageEvent:
    """一条 QQ 群消息，默认不是给机器人的。"""
    fields = {"message_type": "group", "sub_type": "normal", "group_id": GROUP}
    return type_validate_python(
        GroupMessageEvent, _fields(message, **{**fields, **changes})
    )


def guild_event(message: Content = "你好", **changes: Any) -> MessageEvent:
    """一条频道消息：适配器只认作没有群号的 MessageEvent。"""
    fields = {"message_type": "guild", "sub_type": "channel", "to_me": True}
    return type_validate_python(MessageEvent, _fields(message, **{**fields, **changes}))


class ScriptedBot(Bot):
    """记下每次调用的 OneBot V11 机器人；`refuse` 给出异常的调用被拒绝。"""

    def __init__(self, refuse: Refusal = lambda api, data: None) -> None:
        super().__init__(nonebot.get_adapter(Adapter), str(SELF))
        self._refuse = refuse
        self.tried: list[tuple[str, dict[str, Any]]] = []
        self.accepted: list[tuple[str, dict[str, Any]]] = []

    async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
        """记下调用，照剧本接受或拒绝。"""
        self.tried.append((api, data))
        if error := self._refuse(api, data):
            raise error
        self.accepted.append((api, data))
        return {"message_id": len(self.accepted)}

    @property
    def said(self) -> list[str]:
        """对方收到的每一条的文本，合并转发的一个节点算一条。"""
        sent = (data for api, data in self.accepted if api.startswith("send"))
        return [text for data in sent for text in texts(data)]


def texts(data: dict[str, Any]) -> list[str]:
    """一次发送里的文本。"""
    if nodes := data.get("messages"):
        return [node.data["content"].extract_plain_text() for node in nodes]
    return [data["message"].extract_plain_text().lstrip()]


def is_quote(data: dict[str, Any]) -> bool:
    """这次发送是否带引用。"""
    return "message" in data and bool(data["message"].has("reply"))


def _fields(message: Content, **changes: Any) -> dict[str, Any]:
    return {
        "time": 1,
        "self_id": SELF,
        "post_type": "message",
        "message_id": 7,
        "user_id": USER,
        "message": Message(message),
        "raw_message": str(message),
        "font": 0,
        "sender": {"user_id": USER, "nickname": "甲"},
        **changes,
    }
