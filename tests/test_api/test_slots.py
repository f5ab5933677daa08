"""名额：不超过上限，满了各家轮流，谁半途走了都不漏。"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress

import httpx
import pytest

from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.keys import KeyPool
from nonebot_plugin_glm.api.slots import Slots
from nonebot_plugin_glm.domain import Thinking
from nonebot_plugin_glm.exception import QuotaError, RateLimitError
from tests.fake_glm import FakeGLM
from tests.patience import wait_until

from .talk import KEY, MODEL, OTHER, WAYS, Connect, ask, chat, whole

SECOND = "glm-4-flash-250414"


def idle(slots: Slots) -> bool:
    """一个在途的、一个等着的都没有。"""
    counts = [limit.in_flight for limit in slots._limits.values()]
    return not any([slots._in_flight, slots._queues, *counts])


@pytest.mark.parametrize("seed", range(20))
async def test_storm(seed: int) -> None:
    """许多人乱来、失败、半途取消：从不超过上限，最后一个名额也不漏。"""
    dice = random.Random(seed)
    pool = KeyPool([KEY, OTHER])
    slots = Slots(pool, 3, lambda model: 1 if model == "甲" else None)
    inside = 0

    async def one() -> None:
        nonlocal inside
        async with slots.slot(dice.choice("甲乙"), dice.choice("一二三")):
            inside += 1
            try:
                assert inside <= 3
                for _ in range(dice.randrange(4)):
                    await asyncio.sleep(0)
                if dice.random() < 0.3:
                    raise dice.choice(
                        [RateLimitError(429, "1302"), QuotaError(429, "1308")]
                    )
            finally:
                inside -= 1

    tasks = [asyncio.create_task(one()) for _ in range(60)]
    while any(not task.done() for task in tasks):
        await asyncio.sleep(0)
        if dice.random() < 0.5:
            dice.choice(tasks).cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, RateLimitError, QuotaError):
            await task
    assert idle(slots)
    assert inside == 0
    assert [key.in_flight for key in pool.choices("甲", None)] in ([0], [0, 0])


async def test_cancelled_just_as_its_turn_comes() -> None:
    """名额与取消同一刻来到：名额给下一个人。"""
    slots = Slots(KeyPool([KEY]), 1, lambda model: None)
    got: list[str] = []

    async def wait(name: str) -> None:
        async with slots.slot("m", name):
            got.append(name)

    async with slots.slot("m", "一"):
        second, third = (asyncio.create_task(wait(name)) for name in "二三")
        await asyncio.sleep(0.01)
    # 名额已经给了第二个，他还没有醒
    assert slots._in_flight == 1
    second.cancel()
    await asyncio.wait_for(third, 1)
    assert second.cancelled()
    assert got == ["三"]
    assert idle(slots)


async def test_one_who_left_is_not_counted() -> None:
    """等不及走了的，不再排在别人前面。"""
    slots = Slots(KeyPool([KEY]), 1, lambda model: None)

    async def wait() -> None:
        async with slots.slot("m", "一"):
            pytest.fail("没有名额")

    async with slots.slot("m", "一"):
        waiting = [asyncio.create_task(wait()) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert slots.crowd("m", "二").ahead == 1
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)
        assert slots.crowd("m", "一").ahead == 0
    assert slots.crowd("m", "一").room


async def test_models_take_turns() -> None:
    """总数满了，等各个模型的也轮流：问得多的模型饿不着别的。"""
    slots = Slots(KeyPool([KEY]), 1, lambda model: None)
    order: list[str] = []

    async def wait(model: str) -> None:
        async with slots.slot(model, "一"):
            order.append(model)
            await asyncio.sleep(0)

    async with slots.slot("甲", "一"):
        waiting = [asyncio.create_task(wait(model)) for model in "甲甲甲乙乙"]
        await asyncio.sleep(0.01)
    await asyncio.gather(*waiting)
    assert order == list("甲乙甲乙甲")


async def test_turns_are_taken(glm: FakeGLM, connect: Connect) -> None:
    """一个群问了一串，另一个群只问一个：只等一个就轮到。"""
    glm.hold()
    client = connect(endpoint=Endpoint(base_url=glm.base_url, max_concurrency=1))
    asking = [
        asyncio.create_task(ask(client, text=f"甲{n}", whose="甲")) for n in range(5)
    ]
    await glm.wait_for_chats(1)
    asking.append(asyncio.create_task(ask(client, text="乙", whose="乙")))
    await wait_until(lambda: len(client._slots._queues[MODEL]) == 5)
    glm.release()
    await asyncio.gather(*asking)
    said = [body["messages"][-1]["content"] for body in glm.chats]
    assert said == ["甲0", "甲1", "乙", "甲2", "甲3", "甲4"]


@WAYS
async def test_learns_from_1302(glm: FakeGLM, connect: Connect, way: str) -> None:
    """服务器只收两个：被拒绝过就知道了，之后的一群人几乎不再被拒绝。"""
    glm.concurrency[MODEL], glm.delay = 2, 0.02
    client = connect()
    for rejected in (9, 2):
        glm.clear()
        answers = await asyncio.gather(*(ask(client, way) for _ in range(10)))
        assert answers == ["收到：你好"] * 10
        assert len(glm.chats) <= 10 + rejected
    assert glm.max_in_flight == 2


class Official:
    """冒充智谱的网关：记下问过的模型，与同时在途的最大数目。"""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.inside: Counter[tuple[str, str]] = Counter()
        self.most: Counter[tuple[str, str]] = Counter()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """答一次。"""
        model = json.loads(request.content)["model"]
        whose = request.headers["Authorization"], model
        self.asked.append(model)
        self.inside[whose] += 1
        self.most[whose] = max(self.most[whose], self.inside[whose])
        await asyncio.sleep(0.01)
        self.inside[whose] -= 1
        return whole({"content": "好"})


@pytest.mark.parametrize(
    ("model", "keys", "expected"),
    [(MODEL, [KEY], [1]), (MODEL, [KEY, OTHER], [1, 1]), ("glm-4.6", [KEY], [6])],
)
async def test_known_limit(
    connect: Connect, model: str, keys: list[str], expected: list[int]
) -> None:
    """智谱的免费默认模型每个密钥一次只问一个，不等它拒绝；别的一开始不限。"""
    official = Official()
    client = connect(
        *keys, endpoint=Endpoint(), transport=httpx.MockTransport(official)
    )
    await asyncio.gather(*(ask(client, model=model) for _ in range(6)))
    assert list(official.most.values()) == expected


async def test_own_server_has_no_known_limit(glm: FakeGLM, connect: Connect) -> None:
    """自建的服务器没有智谱的限制。"""
    glm.hold()
    client = connect()
    asking = asyncio.gather(*(ask(client) for _ in range(6)))
    await glm.wait_for_chats(6)
    glm.release()
    await asking
    assert glm.max_in_flight == 6


@pytest.mark.parametrize(
    ("thinking", "expected"),
    [(Thinking.OFF, {MODEL: 3, SECOND: 3}), (Thinking.ON, {MODEL: 6})],
)
async def test_long_queue_spills(
    connect: Connect, thinking: Thinking, expected: dict[str, int]
) -> None:
    """排第三个不如马上由后备来答；后备胜任不了就排着。"""
    official = Official()
    transport = httpx.MockTransport(official)
    client = connect(
        endpoint=Endpoint(), transport=transport, fallback_models=(SECOND,)
    )
    asking = [
        asyncio.create_task(ask(client, thinking=thinking, whose="甲"))
        for _ in range(6)
    ]
    await asyncio.gather(*asking)
    assert Counter(official.asked) == expected


async def test_only_the_busy_group_spills(connect: Connect) -> None:
    """问得多的那一家挤去后备；另一家的第一个提问仍由想问的模型来答。"""
    official = Official()
    transport = httpx.MockTransport(official)
    client = connect(
        endpoint=Endpoint(), transport=transport, fallback_models=(SECOND,)
    )
    busy = [asyncio.create_task(ask(client, whose="甲")) for _ in range(6)]
    await asyncio.sleep(0.005)
    answer = await client.complete(chat(whose="乙"))
    assert (answer.model, answer.fallback) == (MODEL, False)
    await asyncio.gather(*busy)
