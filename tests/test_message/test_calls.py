"""calls：接口的调用做到底，取消也不丢结果。"""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import anyio
import nonebot
import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.message import calls
from nonebot_plugin_glm.message.calls import abandon, to_the_end
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.reconnecting import reconnection

from .builders import ScriptedBot, private_event


async def test_result_and_failure_pass_through() -> None:
    """结果与异常照样出来。"""

    async def fine() -> int:
        return 7

    async def broken() -> int:
        raise ValueError("坏了")

    assert await to_the_end(fine(), ScriptedBot()) == 7
    with pytest.raises(ValueError, match="坏了"):
        await to_the_end(broken(), ScriptedBot())


@pytest.mark.parametrize("how", ["task", "scope"])
async def test_cancelled_call_is_finished_first(how: str) -> None:
    """不论怎样取消，调用都做完了才离开。"""
    done: list[str] = []
    started = asyncio.Event()
    scope = anyio.CancelScope()

    async def call() -> None:
        started.set()
        await asyncio.sleep(0.02)
        done.append("做完")

    async def run() -> None:
        with scope:
            await to_the_end(call(), ScriptedBot())
            done.append("不该到这里")

    task = asyncio.create_task(run())
    await started.wait()
    if how == "task":
        task.cancel()
    else:
        scope.cancel()
    await asyncio.wait({task})
    assert done == ["做完"]


async def test_lost_connection_is_not_waited_for() -> None:
    """连接断了，应答不会再来：被取消的调用马上离开；再连上的是另一个连接。"""
    bot, started, answered = ScriptedBot(), asyncio.Event(), asyncio.Event()

    async def unanswered() -> None:
        started.set()
        await answered.wait()

    nonebot.get_bots()[bot.self_id] = bot
    task = asyncio.create_task(to_the_end(unanswered(), bot))
    await started.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    nonebot.get_bots()[bot.self_id] = ScriptedBot()
    await asyncio.wait({task})
    assert task.cancelled()
    del nonebot.get_bots()[bot.self_id]
    answered.set()
    await asyncio.sleep(0)


async def test_leaving_without_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """关机时连接断了的调用不再等，算失败；还连着的照样等到应答。"""
    bots = {"1": ScriptedBot(), "2": ScriptedBot()}
    for self_id, bot in bots.items():
        bot.self_id = self_id
        monkeypatch.setitem(nonebot.get_bots(), self_id, bot)
    answered = asyncio.Event()
    lost, kept = (
        asyncio.create_task(to_the_end(answered.wait(), bot)) for bot in bots.values()
    )
    await asyncio.sleep(0)
    monkeypatch.delitem(nonebot.get_bots(), "1")
    abandon()
    with pytest.raises(ConnectionResetError):
        await asyncio.wait_for(lost, 10)
    assert not kept.done()
    answered.set()
    assert await asyncio.wait_for(kept, 10)
    assert not calls._calls


async def test_failure_after_cancellation_is_retrieved() -> None:
    """取消之后调用才失败：没有「Task exception was never retrieved」。"""
    unretrieved: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unretrieved.append(context))
    started = asyncio.Event()

    async def call() -> None:
        started.set()
        await asyncio.sleep(0.02)
        raise ValueError("接口超时")

    task = asyncio.create_task(to_the_end(call(), ScriptedBot()))
    await started.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    del task
    gc.collect()
    await asyncio.sleep(0)
    assert not unretrieved


async def test_saying_is_abandoned_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """正说着话时关机而连接断了：没有说出去，也不抛出异常。"""
    started = asyncio.Event()

    class Unanswering(ScriptedBot):
        async def call_api(self, api: str, **data: Any) -> dict[str, Any]:
            if nonebot.get_bots().get(self.self_id) is not self:
                raise ActionFailed(status="failed", retcode=1400)
            started.set()
            await asyncio.Event().wait()
            return {}

    bot = Unanswering()
    nonebot.get_bots()[bot.self_id] = bot
    outgoing = Outgoing(bot, private_event(), quote=False)
    monkeypatch.setattr(reconnection, "_closing", True)
    saying = asyncio.create_task(outgoing.say("话"))
    await started.wait()
    del nonebot.get_bots()[bot.self_id]
    abandon()
    await asyncio.wait_for(saying, 10)
    assert outgoing.sent == []
