"""limits 与 loops：问得太快的、机器人对机器人的，都停得下来，人不受冤枉。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.matchers.limits import Notices, Rate, RateLimiter, parse_rate
from nonebot_plugin_glm.matchers.loops import COOLDOWN, ENOUGH, LoopBreaker


class Clock:
    """拨得动的钟。"""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_parse_rate() -> None:
    """次数与秒数；空串是不限。"""
    assert parse_rate("10/60s") == Rate(10, 60)
    assert parse_rate("") is None


def test_sliding_window() -> None:
    """任何一段这么长的时间里至多这么多次，过了就又可以。"""
    clock = Clock()
    limiter = RateLimiter(lambda: Rate(2, 60), clock)
    for _ in range(2):
        assert limiter.wait("甲") == 0
        limiter.count("甲")
        clock.now += 10
    assert limiter.wait("甲") == 40
    assert limiter.wait("乙") == 0
    clock.now += 40
    assert limiter.wait("甲") == 0


def test_rate_changes() -> None:
    """限制改了，已经问过的照新的算，放宽收紧都一样。"""
    clock, rate = Clock(), [Rate(3, 60)]
    limiter = RateLimiter(lambda: rate[0], clock)
    for _ in range(3):
        limiter.count("甲")
        clock.now += 10
    assert limiter.wait("甲") == 30
    rate[0] = Rate(1, 60)
    assert limiter.wait("甲") == 50
    rate[0] = Rate(4, 60)
    assert limiter.wait("甲") == 0
    limiter.count("甲")
    assert limiter.wait("甲") == 30


def test_unlimited() -> None:
    """没有限制就什么也不记。"""
    limiter = RateLimiter(lambda: None)
    for _ in range(100):
        limiter.count("甲")
    assert limiter.wait("甲") == 0
    assert limiter._times == {}


def test_memory_is_bounded() -> None:
    """来过就走的人不会越积越多。"""
    clock = Clock()
    limiter = RateLimiter(lambda: Rate(2, 10), clock)
    for who in range(5000):
        limiter.count(who)
        clock.now += 1
    assert len(limiter._times) <= 1000


def test_notice_once() -> None:
    """一阵里只说一次，过了这一阵又是第一次；各说各的。"""
    clock = Clock()
    notices = Notices(clock)
    assert [notices.first("甲", 60) for _ in range(3)] == [True, False, False]
    assert notices.first("乙", 60)
    clock.now += 60
    assert notices.first("甲", 60)


def test_notices_are_bounded() -> None:
    """说过就过去了的不会越积越多。"""
    clock = Clock()
    notices = Notices(clock)
    for who in range(5000):
        notices.first(who, 10)
        clock.now += 1
    assert len(notices._until) <= 1000


@pytest.mark.parametrize(
    ("gap", "text", "rounds"),
    [
        (0.01, "您好，我不在", ENOUGH + 2),
        (2.0, "这是模型写的一段不算短的话", 15),
        (5.0, "嗯嗯", 61),
    ],
    ids=["auto reply", "another model", "terse model"],
)
def test_bots_are_found(gap: float, text: str, rounds: int) -> None:
    """快得不像人的，几十轮之内认出来；歇够了才又理。"""
    clock = Clock()
    breaker = LoopBreaker(clock)
    found = 0
    for number in range(rounds):
        breaker.answered("甲", "你好，有什么可以帮你？")
        clock.now += gap
        if breaker.is_loop("甲", text if gap < 1 else f"{text}{number}"):
            found += 1
            break
    assert found == 1
    assert breaker.is_loop("甲", text)
    clock.now += COOLDOWN
    assert not breaker.is_loop("甲", text)


def test_bot_that_answers_each_segment_is_found() -> None:
    """抢着回的：我们还没有答完，它又来一句，一句句都是。"""
    breaker = LoopBreaker(Clock())
    breaker.answered("甲", "你好")
    found = [breaker.is_loop("甲", f"{n}", hearing=True) for n in range(15)]
    assert any(found)


def test_tireless_one_is_found() -> None:
    """排着队一句接一句的说不上快慢，可是十分钟里从不歇手。"""
    clock = Clock()
    breaker = LoopBreaker(clock)
    breaker.answered("甲", "你好")
    assert not any(breaker.is_loop("甲", f"第{n}句") for n in range(100))
    found: list[bool] = []
    for number in range(61):
        clock.now += 3
        found.append(breaker.is_loop("甲", f"又第{number}句"))
    assert any(found)


def test_one_slow_answer_is_no_alibi() -> None:
    """偶尔慢一次的机器人照样认得出。"""
    clock = Clock()
    breaker = LoopBreaker(clock)
    for number in range(40):
        breaker.answered("甲", "你好")
        clock.now += 60 if number % 5 == 4 else 2
        if breaker.is_loop("甲", f"这是模型写的一段不算短的话{number}"):
            return
    pytest.fail("没有认出来")


@pytest.mark.parametrize(
    ("gap", "words", "rounds"),
    [
        (4.0, "继续", 50),
        (0.01, "第{}个不同的问题", 300),
        (20.0, "人慢慢打的一句不算短的话", 300),
        (25.0, "贴上来的长文" * 100, 300),
    ],
    ids=["hasty person", "script", "person", "pasting"],
)
def test_people_are_not(gap: float, words: str, rounds: int) -> None:
    """连着说「继续」的人、逐句问不同的话的脚本、一段段贴长文的人，都不算。"""
    clock = Clock()
    breaker = LoopBreaker(clock)
    for number in range(rounds):
        breaker.answered("甲", "回答")
        clock.now += gap
        assert not breaker.is_loop("甲", words.format(number))
