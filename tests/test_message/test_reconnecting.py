"""reconnecting：断了就等它再连上，关机时不等。"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import ApiNotAvailable

from nonebot_plugin_glm.message import outgoing, reconnecting
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.reconnecting import Reconnection

from .builders import ScriptedBot, group_event


@pytest.fixture
def bot(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedBot]:
    """连着的账号；断了之后什么也发不出。"""
    bot = ScriptedBot(lambda api, data: None if connected() else ApiNotAvailable())
    bots = nonebot.get_bots()

    def connected() -> bool:
        return bot.self_id in bots

    monkeypatch.setattr(reconnecting, "_STEP", 0.01)
    monkeypatch.setattr(outgoing, "reconnection", Reconnection())
    bots[bot.self_id] = bot
    yield bot
    bots.pop(bot.self_id, None)


async def test_waits_for_the_connection(bot: ScriptedBot) -> None:
    """断的时候要说的话，再连上就说，仍引用提问，只说一次。"""
    way = Outgoing(bot, group_event(), quote=True)
    del nonebot.get_bots()[bot.self_id]
    saying = asyncio.create_task(way.text("好"))
    await asyncio.sleep(0.03)
    assert not saying.done()
    nonebot.get_bots()[bot.self_id] = bot
    assert await saying
    assert bot.said == ["好"]
    assert bot.accepted[0][1]["message"].has("reply")


async def test_does_not_wait_when_closing(bot: ScriptedBot) -> None:
    """关机时不等：不然退不出去。"""
    way = Outgoing(bot, group_event(), quote=True)
    del nonebot.get_bots()[bot.self_id]
    outgoing.reconnection.close()
    assert not await asyncio.wait_for(way.text("好"), 5)


async def test_does_not_wait_for_ever(
    bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """一直连不上就算了。"""
    monkeypatch.setattr(reconnecting, "PATIENCE", 0.02)
    way = Outgoing(bot, group_event(), quote=True)
    del nonebot.get_bots()[bot.self_id]
    assert not await asyncio.wait_for(way.text("好"), 10)
