"""测试共用的终端事件与机器人，不画界面。"""

from __future__ import annotations

import warnings
from datetime import datetime, timezone
from typing import Any

from nonebot.compat import type_validate_python
from nonechat.model import DIRECT, Channel, User

with warnings.catch_warnings():  # 适配器的模型在两代 pydantic 上各有一句警告
    warnings.simplefilter("ignore")
    from nonebot.adapters.console import Adapter, Bot
    from nonebot.adapters.console.event import (
        MessageEvent,
        PrivateMessageEvent,
        PublicMessageEvent,
    )
    from nonebot.adapters.console.message import Message

DAY = datetime(2026, 11, 22, tzinfo=timezone.utc)


def console_event(text: str = "你好", *, channel: str = "") -> MessageEvent:
    """一条终端里的消息，`channel` 为空是私聊。"""
    fields = {
        "time": DAY,
        "self_id": "bot",
        "post_type": "message",
        "user": User("user", nickname="甲"),
        "channel": Channel(channel, "频道") if channel else DIRECT,
        "message_id": "m1",
        "message": Message(text),
        "to_me": True,
    }
    kind = PublicMessageEvent if channel else PrivateMessageEvent
    return type_validate_python(kind, fields)


class SilentConsole(Bot):
    """记下说了什么的终端机器人；`broken` 的什么也说不出。"""

    def __init__(self, *, broken: bool = False) -> None:
        self.adapter = Adapter.__new__(Adapter)
        self.self_id = "bot"
        self.said: list[str] = []
        self._broken = broken

    async def send(self, event: Any, message: Any, **kwargs: Any) -> None:
        """记下一条消息；它没有 @，只剩 @ 后面的空格。"""
        if self._broken:
            raise ConnectionError
        self.said.append(str(message).lstrip())
