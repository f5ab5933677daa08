"""gate：拒绝时说一声就不再出声，群里有一个人知道了就够了。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.matchers.gate import Gate
from nonebot_plugin_glm.matchers.limits import Rate, RateLimiter
from nonebot_plugin_glm.matchers.loops import LoopBreaker
from tests.test_message.builders import ScriptedBot, group_event

KEY = ConversationKey("qq", "10000", Scope.GROUP, "30")


def refusals(gate: Gate, *people: int) -> list[str | None]:
    """这些人依次提问，各得到什么。"""
    bot = ScriptedBot()
    return [
        gate.refuse(bot, group_event(user_id=user), KEY, f"第{number}句")
        for number, user in enumerate(people)
    ]


def test_person_is_told_once() -> None:
    """一个人问得太快：说一次，之后不出声；别人不受影响。"""
    gate = Gate(
        RateLimiter(lambda: Rate(1, 60)), RateLimiter(lambda: None), LoopBreaker()
    )
    said = refusals(gate, 5, 5, 5, 6, 6)
    assert said[0] is None
    assert said[1] == "问得太快了，请 60 秒后再问。"
    assert said[2:4] == ["", None]
    assert said[4]


def test_group_is_told_once() -> None:
    """群里问得太快：只对第一个人说，不是一人一句。"""
    gate = Gate(
        RateLimiter(lambda: None), RateLimiter(lambda: Rate(2, 60)), LoopBreaker()
    )
    said = refusals(gate, 5, 6, 7, 8, 9)
    assert said[:2] == [None, None]
    assert said[2] == "群里问得太快了，请 60 秒后再问。"
    assert said[3:] == ["", ""]


@pytest.mark.parametrize("about", ["排不上队", "在，请说。"])
def test_tell_once(about: str) -> None:
    """同一件事对一个人只说一次，对别人另算。"""
    gate = Gate(RateLimiter(lambda: None), RateLimiter(lambda: None), LoopBreaker())
    events = [group_event(user_id=user) for user in (5, 5, 6)]
    told = [gate.tell_once(event, KEY, about) for event in events]
    assert told == [True, False, True]
