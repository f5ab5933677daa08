"""几个密钥：分着用；一个用不了就搁置，同一个提问马上换下一个，到时再试。"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

import httpx
import pytest

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.keys import KeyPool
from nonebot_plugin_glm.api.parking import BEIJING, KeyParked, ParkingTimes, Reach
from nonebot_plugin_glm.exception import (
    APIError,
    AuthError,
    ModelNotFoundError,
    NetworkError,
    QuotaError,
)
from tests.fake_glm import FakeGLM, faults

from .talk import KEY, MODEL, ONCE, OTHER, WAYS, Connect, ask, gather
from .test_secrets import leaks, told

NOW = 1_800_000_000.0
PAID = "glm-4.6"
REVOKED, EMPTY = faults.Error.of("1000"), faults.Error.of("1113")


class Bench:
    """两个密钥的客户端、它的钟与它说过的话。"""

    def __init__(self, glm: FakeGLM, connect: Connect) -> None:
        self.glm = glm
        self.now = NOW
        self.events: list[KeyParked] = []
        self.client: GLMClient = connect(
            KEY,
            OTHER,
            auth="bearer",
            clock=lambda: self.now,
            parking=ParkingTimes(refused=100, exhausted=10),
            on_parked=self.events.append,
        )

    @property
    def parked(self) -> list[int]:
        """搁置着的是第几个。"""
        return [number for number, _ in self.client.keys.parked()]

    @property
    def told(self) -> list[tuple[int, Reach]]:
        """告诉过的：第几个，管到哪里。"""
        return [(event.number, event.parking.reach) for event in self.events]

    async def used(self, way: str = "whole", **fields: object) -> list[int]:
        """答出一个提问依次用了第几个密钥。"""
        self.glm.requests.clear()
        assert await ask(self.client, way, **fields) == "收到：你好"
        return self.asked

    @property
    def asked(self) -> list[int]:
        """清空之后的请求依次用了第几个密钥。"""
        keys = (KEY, OTHER)
        return [keys.index(self.glm.key_of(r)) + 1 for r in self.glm.requests]


@pytest.fixture
def bench(glm: FakeGLM, connect: Connect) -> Bench:
    """两个密钥的客户端。"""
    return Bench(glm, connect)


def test_pool() -> None:
    """空的与重复的不算；号码从一数起。"""
    pool = KeyPool(["", KEY, OTHER, KEY, ""])
    assert [key.number for key in pool.usable(None)] == [1, 2]
    assert pool.secrets == (KEY, OTHER)
    assert not KeyPool(["", ""])


async def test_spread_by_requests_in_flight(bench: Bench) -> None:
    """同时问的分到两个密钥上，一样多。"""
    bench.glm.hold()
    asking = asyncio.gather(*(ask(bench.client) for _ in range(6)))
    await bench.glm.wait_for_chats(6)
    bench.glm.release()
    await asking
    assert Counter(bench.asked) == {1: 3, 2: 3}


async def test_busy_home_is_left_alone(bench: Bench) -> None:
    """同一处接连问，自己的密钥忙着就用另一个。"""
    bench.glm.script(faults.Slow(60))
    slow = asyncio.create_task(ask(bench.client, whose="甲"))
    await bench.glm.wait_for_chats(1)
    await ask(bench.client, whose="甲")
    slow.cancel()
    await asyncio.wait({slow})
    assert bench.asked == [1, 2]


async def test_same_place_keeps_its_key(bench: Bench) -> None:
    """空闲时同一处总用同一个密钥，缓存才能命中；各处轮流分开。"""
    used = [await bench.used(whose=whose) for whose in "甲乙丙甲甲乙丙"]
    assert used == [[1], [2], [1], [1], [1], [2], [1]]
    assert [await bench.used() for _ in range(3)] == [[2], [1], [2]]


@WAYS
@pytest.mark.parametrize(
    "fault", [REVOKED, EMPTY, faults.ErrorIn200("1000"), faults.StreamError("1113")]
)
async def test_same_question_moves_on(
    bench: Bench, delays: list[float], way: str, fault: faults.Fault
) -> None:
    """用不了就马上换下一个，人只看到回答；之后不再问它，只告诉一次。"""
    bench.glm.script(fault)
    assert await bench.used(way, whose="甲") == [1, 2]
    for _ in range(3):
        assert await bench.used(way, whose="甲") == [2]
    assert delays == []
    assert bench.told == [(1, Reach.KEY)]
    [event] = bench.events
    assert (event.total, event.usable) == (2, 1)


async def test_tried_again_in_time(bench: Bench) -> None:
    """到时再试：还不行就再搁置，不再说；行了就照用；又不行才再说一遍。"""
    bench.glm.key_faults[KEY] = REVOKED
    assert await bench.used(whose="甲") == [1, 2]
    bench.now += 99
    assert await bench.used(whose="甲") == [2]
    bench.now += 1
    assert await bench.used(whose="甲") == [1, 2]
    assert len(bench.events) == 1
    bench.glm.key_faults.clear()
    bench.now += 100
    assert await bench.used(whose="甲") == [1]
    assert bench.parked == []
    bench.glm.key_faults[KEY] = EMPTY
    assert await bench.used(whose="甲") == [1, 2]
    assert len(bench.events) == 2


async def test_parked_until_the_reset_time(bench: Bench) -> None:
    """说了何时恢复就到那时。"""
    at = datetime.fromtimestamp(NOW + 5000, BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    bench.glm.script(faults.Error.of("1308", f"您的限额将在 {at} 重置。"))
    assert await bench.used(whose="甲") == [1, 2]
    bench.now += 4999
    assert await bench.used(whose="甲") == [2]
    bench.now += 1
    assert await bench.used(whose="甲") == [1]


async def test_empty_balance_still_has_free_models(bench: Bench) -> None:
    """欠费的密钥只是收费的模型用不了；答了免费的，不算它有钱了。"""
    bench.glm.script(EMPTY)
    assert await bench.used(model=PAID, whose="甲") == [1, 2]
    assert await bench.used(whose="甲") == [1]
    assert await bench.used(model=PAID, whose="甲") == [2]
    assert bench.told == [(1, Reach.PAID)]


@pytest.mark.parametrize("code", ["1311", "1220"])
async def test_missing_model_is_not_the_key_s_fault(bench: Bench, code: str) -> None:
    """套餐里没有这个模型：换一个密钥问它，别的模型照用。"""
    bench.glm.script(faults.Error.of(code))
    assert await bench.used(model=PAID, whose="甲") == [1, 2]
    assert await bench.used(model=PAID, whose="甲") == [2]
    assert await bench.used(model="glm-4.7", whose="甲") == [1]
    assert (bench.told, bench.parked) == ([(1, Reach.MODEL)], [])


async def test_no_key_has_the_model(bench: Bench) -> None:
    """哪个密钥都没有这个模型：各问一次，照常报告。"""
    bench.glm.always(faults.Error.of("1311"))
    with pytest.raises(ModelNotFoundError):
        await ask(bench.client, model=PAID)
    assert len(bench.asked) == 2


@WAYS
async def test_all_parked(bench: Bench, way: str) -> None:
    """都用不了：各问一次，报告最早恢复的那个的失败；之后每问只试那一个，恢复了就好。"""
    bench.glm.key_faults = {KEY: EMPTY, OTHER: REVOKED}
    with pytest.raises(QuotaError):
        await ask(bench.client, way, whose="甲")
    assert bench.asked == [1, 2]
    bench.glm.requests.clear()
    with pytest.raises(QuotaError):
        await ask(bench.client, way, whose="甲")
    assert bench.asked == [1]
    assert len(bench.events) == 2
    assert bench.events[1].usable == 0
    bench.glm.key_faults.clear()
    assert await bench.used(way, whose="甲") == [1]
    assert bench.parked == [2]


async def test_last_answers_do_not_unpark(glm: FakeGLM, connect: Connect) -> None:
    """搁置之前就在途的答出来了，说明不了它恢复了：不会再告诉一遍。"""
    events: list[KeyParked] = []
    client = connect(on_parked=events.append)
    glm.script(faults.Slow(0.5), EMPTY)
    slow = asyncio.create_task(ask(client))
    await glm.wait_for_chats(1)
    with pytest.raises(QuotaError):
        await ask(client)
    assert await slow == "收到：你好"
    glm.script(EMPTY)
    with pytest.raises(QuotaError):
        await ask(client)
    assert len(events) == 1
    assert await ask(client) == "收到：你好"
    assert client.keys.parked() == []


async def test_two_failing_together_are_told_once(bench: Bench) -> None:
    """同时失败的几个只告诉一次。"""
    bench.glm.key_faults[KEY] = REVOKED
    bench.glm.delay = 0.05
    await asyncio.gather(*(ask(bench.client) for _ in range(8)))
    assert bench.told == [(1, Reach.KEY)]


async def test_seen_is_not_asked_again(bench: Bench) -> None:
    """说到一半额度用完：看到的收不回，不换密钥重来，但搁置它。"""
    bench.glm.script(faults.StreamError("1113", chunks=2))
    got: list[str] = []
    with pytest.raises(QuotaError):
        await gather(bench.client, got)
    assert got
    assert (bench.asked, bench.parked) == ([1], [1])


async def test_other_failures_do_not_park(bench: Bench) -> None:
    """网络断了、模型忙、内容不合适，都不怪密钥。"""
    for fault in (faults.Reset(), faults.Error.of("1305"), faults.Error.of("1301")):
        bench.glm.script(*[fault] * 4)
        with pytest.raises((NetworkError, APIError)):
            await ask(bench.client, whose="甲")
        bench.glm.clear()
    assert bench.parked == []
    assert await bench.used(whose="甲") == [1]


async def test_check_changes_nothing(bench: Bench) -> None:
    """看密钥是否有效：看此刻会用的那个，不算恢复，也不搁置。"""
    bench.glm.script(REVOKED)
    await ask(bench.client, whose="甲")
    bench.glm.requests.clear()
    await bench.client.check()
    assert (bench.asked, bench.parked) == ([2], [1])
    bench.glm.revoked.update({KEY, OTHER})
    with pytest.raises(AuthError):
        await bench.client.check()
    assert bench.parked == [1]


async def test_one_key_is_never_refused_unasked(glm: FakeGLM, connect: Connect) -> None:
    """只有一个密钥时没有可换的：照样问，充了值马上就好。"""
    events: list[KeyParked] = []
    client = connect(on_parked=events.append)
    glm.always(EMPTY)
    for count in (1, 2):
        with pytest.raises(QuotaError):
            await ask(client)
        assert len(glm.chats) == count
    glm.always(None)
    assert await ask(client) == "收到：你好"
    assert [event.usable for event in events] == [0]


@WAYS
@pytest.mark.parametrize("auth", ["jwt", "bearer"])
async def test_upstream_repeats_another_key(
    connect: Connect, way: str, auth: str
) -> None:
    """上游照抄的是别的密钥与令牌，异常里也一段没有。"""
    sent: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["Authorization"].removeprefix("Bearer "))
        message = f"{KEY} {OTHER} {sent}"
        return httpx.Response(401, json={"error": {"code": "1000", "message": message}})

    transport = httpx.MockTransport(handler)
    heard: list[str] = []
    client = connect(
        KEY,
        OTHER,
        auth=auth,
        transport=transport,
        retry=ONCE,
        on_failure=lambda error, model, delay: heard.append(told(error)),
        on_parked=lambda parked: heard.append(told(parked.parking.error)),
    )
    with pytest.raises(AuthError) as caught:
        await ask(client, way, model=MODEL)
    assert len(sent) == 2
    assert len(heard) == 4
    for text in (told(caught.value), *heard):
        assert leaks(text, KEY, OTHER, *sent) == []
