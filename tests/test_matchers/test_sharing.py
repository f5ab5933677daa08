"""几个进程共用一个数据库：别处说的打断一直听着，出了什么事也不停。"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from nonebot_plugin_glm.chat.elsewhere import Elsewhere
from nonebot_plugin_glm.chat.results import Recalled
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.exception import StoreError
from nonebot_plugin_glm.matchers import sharing
from tests.test_message.builders import SELF, ScriptedBot


class Settling(Elsewhere):
    """照剧本忘记；剧本完了就放下 `done`。"""

    def __init__(self, *script: list[Recalled] | StoreError) -> None:
        self._script: Iterator[list[Recalled] | StoreError] = iter(script)
        self.done = asyncio.Event()

    async def settle(self) -> list[Recalled]:
        """下一步。"""
        step = next(self._script, None)
        if step is None:
            self.done.set()
            return []
        if isinstance(step, StoreError):
            raise step
        return step


async def test_answers_are_recalled_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """晚一步才听到的，这里发出的回答也撤回；撤不回的、连不上的，接着听。"""

    def refuse(api: str, data: dict[str, Any]) -> Exception | None:
        return RuntimeError("连接断了") if data["message_id"] == 1 else None

    bot = ScriptedBot(refuse)
    monkeypatch.setattr(sharing, "get_bots", lambda: {str(SELF): bot})
    monkeypatch.setattr(sharing, "MOMENT", 0)
    here = ConversationKey("qq", str(SELF), Scope.GROUP, "9")
    gone = ConversationKey("qq", "别的账号", Scope.GROUP, "9")
    settling = Settling(
        [Recalled(here, ("1",))],
        StoreError("连不上"),
        [Recalled(gone, ("2",)), Recalled(here, ("3", "4"))],
    )
    heeding = asyncio.create_task(sharing.heed(settling))
    await asyncio.wait_for(settling.done.wait(), 60)
    heeding.cancel()
    assert [data["message_id"] for _, data in bot.tried] == [1, 3, 4]
