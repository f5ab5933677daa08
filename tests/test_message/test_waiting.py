"""waiting：让等着的人知道他的话看到了，又不吵别人。"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any

import pytest

from nonebot_plugin_glm.exception import ServerError, StoppedError
from nonebot_plugin_glm.message import waiting
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.sentences import STILL_THINKING
from nonebot_plugin_glm.message.waiting import Waiting
from tests.patience import wait_until

from .builders import ScriptedBot, group_event


class Unseen:
    """还没有看到什么的人。"""

    seen = False

    def restart(self) -> None:
        """从头再写。"""

    def read(self, text: str) -> None:
        """又写出一段。"""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """马上就算等久了。"""
    monkeypatch.setattr(waiting, "SEEN_AFTER", 0.0)
    monkeypatch.setattr(waiting, "_told", type(waiting._told)())


def wait(bot: Any, seconds: float, **changes: Any) -> Waiting:
    """在群里等的一个人。"""
    event = group_event(**changes)
    outgoing = Outgoing(bot, event, quote=True)
    return Waiting(bot, event, outgoing, Unseen(), seconds)


class TimedBot(ScriptedBot):
    """记下每一声还在想是何时、在哪里说的。"""

    def __init__(self) -> None:
        super().__init__()
        self.told_at: list[tuple[float, int]] = []

    async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
        """记下再答。"""
        if api == "send_msg":
            now = asyncio.get_running_loop().time()
            self.told_at.append((now, data["group_id"]))
        return await super().call_api(api, **data)


def told(bot: ScriptedBot) -> list[int]:
    """在哪些群里说了还在想。"""
    return [
        data["group_id"]
        for api, data in bot.accepted
        if api == "send_msg" and STILL_THINKING in str(data["message"])
    ]


async def test_one_notice_for_all_who_wait_here() -> None:
    """群里五个人一起等，只说一声还在想，过一阵才再说；别的群各说各的。"""
    bot = TimedBot()
    async with AsyncExitStack() as stack:
        for number in range(5):
            await stack.enter_async_context(wait(bot, 0.1, message_id=number))
        await stack.enter_async_context(wait(bot, 0.1, group_id=31))
        await wait_until(lambda: told(bot).count(30) >= 3 and 31 in told(bot))
    here = [at for at, place in bot.told_at if place == 30]
    assert all(later - earlier > 0.09 for earlier, later in pairwise(here))


async def test_no_stir_for_a_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """一起等的人太多，动静只给先等的几个；还在想照说，有人走了又有动静。"""
    monkeypatch.setattr(waiting, "AT_ONCE", 2)
    bot = ScriptedBot()

    def reacted() -> list[int]:
        return [d["message_id"] for _, d in bot.accepted if d.get("set")]

    async with AsyncExitStack() as stack:
        for number in range(5):
            await stack.enter_async_context(
                wait(bot, 0.01, message_id=number, group_id=40 + number)
            )
        await wait_until(lambda: len(told(bot)) >= 5)
        assert reacted() == [0, 1]
        assert set(told(bot)) == set(range(40, 45))
    async with wait(bot, 0, message_id=9):
        await wait_until(lambda: reacted() == [0, 1, 9])


async def test_quick_answers_are_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """很快就答的不贴表情，也不说还在想。"""
    monkeypatch.setattr(waiting, "SEEN_AFTER", 60.0)
    bot = ScriptedBot()
    async with wait(bot, 0.01):
        await asyncio.sleep(0.05)
    assert bot.tried == []


@pytest.mark.parametrize(
    ("failure", "taken_back"), [(StoppedError, 1), (ServerError, 0)]
)
async def test_notice_goes_with_the_question(
    failure: type[Exception], taken_back: int
) -> None:
    """提问撤回了，还在想那一句也收回；失败的另有一句，不必收回。"""
    bot = ScriptedBot()

    async def fail() -> None:
        async with wait(bot, 0.05):
            await wait_until(lambda: bool(told(bot)))
            raise failure(500)

    with pytest.raises(failure):
        await fail()
    assert len(told(bot)) == 1
    assert [api for api, _ in bot.accepted].count("delete_msg") == taken_back
