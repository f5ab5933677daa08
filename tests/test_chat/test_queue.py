"""队伍：先来先到，随时可以中止，没有人用就拆掉。"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict

import pytest

from nonebot_plugin_glm.chat.queue import ConversationQueue
from nonebot_plugin_glm.domain import ConversationKey, Question, Speaker
from nonebot_plugin_glm.exception import StoppedError

from .builders import GROUP, MEMBER, OTHER_GROUP, PRIVATE, Inbox


def asked(key: ConversationKey, speaker: str) -> Question:
    """一个提问。"""
    return Question(key, Speaker(speaker), "问")


async def in_line(
    queue: ConversationQueue, log: list[str], name: str, speaker: str = "1"
) -> None:
    """排队，轮到时记下进出。"""
    async with queue.turn(asked(PRIVATE, speaker), Inbox()):
        log.append(f"{name} 进")
        await asyncio.sleep(0)
        log.append(f"{name} 出")


async def test_one_at_a_time_in_order() -> None:
    """先来先到，前一个走了后一个才进。"""
    queue, log = ConversationQueue(), []
    await asyncio.gather(*(in_line(queue, log, f"{n}") for n in range(5)))
    assert log == [f"{n} {way}" for n in range(5) for way in "进出"]
    assert queue._lanes == {}


async def test_stopping_the_waiting_one() -> None:
    """中止排队的一个，前后的都不受影响。"""
    queue, log = ConversationQueue(), []
    asking = asyncio.gather(
        *(in_line(queue, log, s, s) for s in "123"), return_exceptions=True
    )
    await asyncio.sleep(0)
    assert queue.stop(PRIVATE, "2") == 1
    results = await asking
    assert [type(r) for r in results] == [type(None), StoppedError, type(None)]
    assert log == ["1 进", "1 出", "3 进", "3 出"]
    assert queue._lanes == {}


async def test_stopping_whom() -> None:
    """只中止指定的人，`None` 为所有人；没有人时是零个。"""
    queue, log = ConversationQueue(), []
    assert queue.stop(PRIVATE) == 0
    asking = asyncio.gather(
        *(in_line(queue, log, f"{n}", s) for n, s in enumerate("1121")),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    assert queue.stop(GROUP) == 0
    assert queue.stop(PRIVATE, "3") == 0
    assert queue.stop(PRIVATE, "1") == 3
    assert queue.stop(PRIVATE) == 4
    assert all(isinstance(r, StoppedError) for r in await asking)
    assert queue._lanes == {}


async def test_failure_inside_passes_through() -> None:
    """里面的异常原样出来，后面的照常进。"""
    queue, log = ConversationQueue(), []
    with pytest.raises(ValueError, match="坏了"):
        async with queue.turn(asked(PRIVATE, "1"), Inbox()):
            raise ValueError("坏了")
    await in_line(queue, log, "后来")
    assert log == ["后来 进", "后来 出"]
    assert queue._lanes == {}


async def test_cancelled_task_is_not_a_stopped_question() -> None:
    """任务被取消（关机）时是 CancelledError，队伍照样拆掉。"""
    queue = ConversationQueue()

    async def wait() -> None:
        async with queue.turn(asked(PRIVATE, "1"), Inbox()):
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(wait()) for _ in range(2)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(r) for r in results] == [asyncio.CancelledError] * 2
    assert queue._lanes == {}


async def test_alone_waits_and_keeps_others_waiting() -> None:
    """独占时，在前的先走完，在后的等着。"""
    queue, log = ConversationQueue(), []
    first = asyncio.create_task(in_line(queue, log, "前"))
    await asyncio.sleep(0)
    async with queue.alone([PRIVATE, GROUP]):
        log.append("独占")
        second = asyncio.create_task(in_line(queue, log, "后"))
        for _ in range(5):
            await asyncio.sleep(0)
        log.append("放开")
    await asyncio.gather(first, second)
    assert log == ["前 进", "前 出", "独占", "放开", "后 进", "后 出"]
    assert queue._lanes == {}


async def test_alone_is_not_a_question() -> None:
    """独占的人不算提问，也中止不了。"""
    queue = ConversationQueue()
    async with queue.alone([PRIVATE]):
        assert queue.busy(lambda key: True) == []
        assert queue.stop(PRIVATE) == 0


async def test_busy_is_who_has_questions() -> None:
    """有提问在排队或在回答的，才算忙。"""
    queue = ConversationQueue()
    async with (
        queue.turn(asked(GROUP, "1"), Inbox()),
        queue.turn(asked(MEMBER, "1"), Inbox()),
    ):
        assert set(queue.busy(lambda key: True)) == {GROUP, MEMBER}
        assert queue.busy(lambda key: key == MEMBER) == [MEMBER]
    assert queue.busy(lambda key: True) == []


async def one_storm(seed: int) -> None:
    """许多人乱排队、乱中止、乱独占；同一会话里从不同时有两个。"""
    dice, queue = random.Random(seed), ConversationQueue()
    inside: defaultdict[ConversationKey, int] = defaultdict(int)
    keys = (PRIVATE, GROUP, MEMBER, OTHER_GROUP)

    async def linger(chosen: list[ConversationKey]) -> None:
        for key in chosen:
            inside[key] += 1
            assert inside[key] == 1
        try:
            for _ in range(dice.randrange(5)):
                await asyncio.sleep(0)
        finally:
            for key in chosen:
                inside[key] -= 1

    async def someone() -> None:
        chosen = dice.sample(keys, dice.randint(1, 3))
        if dice.random() < 0.3:
            async with queue.alone(chosen):
                return await linger(chosen)
        async with queue.turn(asked(chosen[0], str(dice.randrange(3))), Inbox()):
            await linger(chosen[:1])

    crowd = []
    for _ in range(60):
        crowd.append(asyncio.create_task(someone()))
        if dice.random() < 0.3:
            queue.stop(dice.choice(keys), dice.choice([None, "0", "1"]))
        if dice.random() < 0.1:
            dice.choice(crowd).cancel()
        if dice.random() < 0.5:
            await asyncio.sleep(0)
    results = await asyncio.wait_for(
        asyncio.gather(*crowd, return_exceptions=True), timeout=5
    )
    allowed = (type(None), StoppedError, asyncio.CancelledError)
    assert {type(result) for result in results} <= set(allowed)
    assert queue._lanes == {}


async def test_storms() -> None:
    """一百场乱局，从不卡死，从不两个人同时进，最后队伍都拆掉。"""
    for seed in range(100):
        await one_storm(seed)
