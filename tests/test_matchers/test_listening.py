"""listening.Listening：空的 @ 之后，等这个人的下一句。"""

from __future__ import annotations

import pytest
from nonebot.adapters import Event
from nonebot.adapters.onebot.v11 import Event as AnyEvent
from nonebot.compat import type_validate_python

from nonebot_plugin_glm.matchers import rules
from nonebot_plugin_glm.matchers.listening import LISTEN_SECONDS, Listening
from nonebot_plugin_glm.matchers.rules import Kind
from tests.test_message.builders import ScriptedBot, group_event, private_event

SECONDS = LISTEN_SECONDS


class Clock:
    """手拨的钟。"""

    now = 100.0

    def __call__(self) -> float:
        """现在的时刻。"""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """一个手拨的钟。"""
    return Clock()


@pytest.mark.parametrize(("passed", "expected"), [(0, True), (59.9, True), (60, False)])
def test_waits_a_minute(clock: Clock, passed: float, expected: bool) -> None:
    """等到时限为止，恰到时限就不等了。"""
    listening, bot = Listening(clock), ScriptedBot()
    listening.start(bot, group_event())
    clock.now += passed
    assert listening.expects(bot, group_event("下一句")) is expected


OTHERS = [group_event(user_id=9), group_event(group_id=9), private_event()]


@pytest.mark.parametrize("event", OTHERS, ids=["person", "group", "private"])
def test_waits_for_that_person_only(clock: Clock, event: Event) -> None:
    """别人、别的群、他的私聊都不是在等的。"""
    listening, bot = Listening(clock), ScriptedBot()
    listening.start(bot, group_event())
    assert listening.expects(bot, event) is False


def test_other_bot_does_not_wait(clock: Clock) -> None:
    """两个机器人在一个群里，只有被叫的那个在等。"""
    listening, bot, other = Listening(clock), ScriptedBot(), ScriptedBot()
    other.self_id = "99"
    listening.start(bot, group_event())
    assert listening.expects(other, group_event()) is False


def test_stop(clock: Clock) -> None:
    """说了话就不再等；没在等的人说话也无妨。"""
    listening, bot = Listening(clock), ScriptedBot()
    listening.stop(bot, group_event())
    listening.start(bot, group_event())
    listening.stop(bot, group_event(user_id=9))
    assert listening.expects(bot, group_event()) is True
    listening.stop(bot, group_event())
    assert listening.expects(bot, group_event()) is False


def test_starting_again_prolongs(clock: Clock) -> None:
    """又叫了一次就从头等起。"""
    listening, bot = Listening(clock), ScriptedBot()
    listening.start(bot, group_event())
    clock.now += SECONDS - 1
    listening.start(bot, group_event())
    clock.now += SECONDS - 1
    assert listening.expects(bot, group_event()) is True


def test_forgets_those_who_never_came(clock: Clock) -> None:
    """没有下文的人不会一直占着内存。"""
    listening, bot = Listening(clock), ScriptedBot()
    for user_id in range(2, 1002):
        listening.start(bot, group_event(user_id=user_id))
        clock.now += 1
    waited = [listening.expects(bot, group_event(user_id=n)) for n in range(2, 1002)]
    assert sum(waited) == SECONDS - 1
    assert len(vars(listening)["_until"]) <= SECONDS + 1


def test_next_message_counts_as_a_question(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """在等的人说话不必再 @；命令仍然是命令。"""
    listening, bot = Listening(clock), ScriptedBot()
    monkeypatch.setattr(rules, "listening", listening)
    listening.start(bot, group_event())
    assert rules.kind_of(bot, group_event("下一句")) is Kind.QUESTION
    assert rules.kind_of(bot, group_event("/ping")) is Kind.OTHER
    assert rules.kind_of(bot, group_event("下一句", user_id=9)) is Kind.CHATTER


def test_incomplete_event_while_somebody_is_awaited(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """正等着人时来了一条缺字段的消息（没有会话可言），不出错，也不算提问。"""
    listening, bot = Listening(clock), ScriptedBot()
    monkeypatch.setattr(rules, "listening", listening)
    listening.start(bot, group_event())
    fields = {"time": 1, "self_id": 10000, "post_type": "message"}
    assert rules.kind_of(bot, type_validate_python(AnyEvent, fields)) is Kind.OTHER
