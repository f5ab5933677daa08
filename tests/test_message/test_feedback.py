"""feedback：贴表情与正在输入，做不到的歇很久才再试。"""

from __future__ import annotations

import asyncio

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.message import feedback
from nonebot_plugin_glm.message.feedback import react, show_typing

from .builders import ScriptedBot, group_event, private_event


def tries(bot: ScriptedBot, word: str) -> int:
    """名字里有这个词的接口调用了几次。"""
    return sum(word in api for api, _ in bot.tried)


async def test_gives_up_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """接连三次不行就歇着，过十分钟再试；做到一次就从头算。"""
    now = 1000.0
    monkeypatch.setattr(feedback.time, "monotonic", lambda: now)
    broken = True
    failure = ActionFailed(retcode=1)
    bot = ScriptedBot(lambda api, _: failure if broken and "emoji" in api else None)
    for _ in range(5):
        assert not await react(bot, group_event(), on=True)
    assert tries(bot, "emoji") == 3
    now += 601
    assert not await react(bot, group_event(), on=True)
    assert not await react(bot, group_event(), on=True)
    assert tries(bot, "emoji") == 4
    now += 601
    broken = False
    assert await react(bot, group_event(), on=True)
    broken = True
    for _ in range(3):
        assert not await react(bot, group_event(), on=True)
    assert tries(bot, "emoji") == 8


async def test_asked_twice_at_once() -> None:
    """正问着客户端是谁的时候又来一问，不当它不肯说。"""

    class Old(ScriptedBot):
        async def call_api(self, api: str, **data: object) -> dict[str, object]:
            await super().call_api(api, **data)
            await asyncio.sleep(0)
            return {"app_name": "go-cqhttp"}

    bot = Old()
    await asyncio.gather(*(show_typing(bot, private_event()) for _ in range(2)))
    assert tries(bot, "input_status") == 0


async def test_no_typing_in_temporary_sessions() -> None:
    """临时会话里没有正在输入：不去试，免得好友的也歇着。"""
    bot = ScriptedBot()
    assert await show_typing(bot, private_event())
    assert not await show_typing(bot, private_event(sub_type="group"))
    assert tries(bot, "input_status") == 1
