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
    """只说一次，直到又可以了。"""
    notices = Notices()
    assert [notices.first("甲") for _ in range(3)] == [True, False, False]
    notices.clear("甲")
    assert notices.first("甲")


@pytest.mark.parametrize(
    ("gap", "text", "rounds"),
    [(0.01, "您好，我不在", ENOUGH + 2), (2.0, "这是模型写的一段不算短的话", 15)],
    ids=["auto reply", "another model"],
)
def test_bots_are_found(gap: float, text: str, rounds: int) -> None:
    """快得不像人的，几十轮之内认出来，歇够了才又理。"""
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


@pytest.mark.parametrize(
    ("gap", "words"),
    [(4.0, "继续"), (0.01, "第{}个不同的问题"), (20.0, "人慢慢打的一句不算短的话")],
    ids=["hasty person", "script", "person"],
)
def test_people_are_not(gap: float, words: str) -> None:
    """连着说「继续」的人、逐句问不同的话的脚本，问多少轮都不算。"""
    clock = Clock()
    breaker = LoopBreaker(clock)
    for number in range(300):
        breaker.answered("甲", "回答")
        clock.now += gap
        assert not breaker.is_loop("甲", words.format(number))
