"""joining：什么时候插话；群可以另设。"""

from __future__ import annotations

from typing import Any

import pytest

from nonebot_plugin_glm.chat.places import Places
from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.domain import ConversationKey, Scope
from nonebot_plugin_glm.matchers.joining import (
    Joiner,
    JoinSettings,
    join_settings,
    parse_choice,
)
from tests.test_message.builders import group_event

from .fake_service import NoChoices
from .test_limits import Clock

GROUP = ConversationKey("qq", "10000", Scope.GROUP, "30")
PRIVATE = ConversationKey("qq", "10000", Scope.PRIVATE, "", "2")


def settings(probability: float = 0, *keywords: str) -> JoinSettings:
    """歇一分钟的设置。"""
    return JoinSettings(probability, keywords, 60, 0)


def test_keyword_and_cooldown() -> None:
    """听到关键词就插话，歇够了才有下一次；别的群各歇各的。"""
    clock = Clock()
    joiner = Joiner(clock, lambda: 0.99)
    wanted = settings(0, "天气")
    assert joiner.wants(GROUP, group_event("今天天气真好"), wanted)
    assert not joiner.wants(GROUP, group_event("天气"), wanted)
    other = ConversationKey("qq", "10000", Scope.GROUP, "31")
    assert joiner.wants(other, group_event("天气"), wanted)
    clock.now += 60
    assert joiner.wants(GROUP, group_event("天气"), wanted)


@pytest.mark.parametrize(("dice", "wants"), [(0.04, True), (0.05, False)])
def test_probability(dice: float, wants: bool) -> None:
    """掷出的点数小于概率才插话。"""
    joiner = Joiner(Clock(), lambda: dice)
    assert joiner.wants(GROUP, group_event("闲谈"), settings(0.05)) is wants


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        (GROUP, "闲谈", settings()),
        (PRIVATE, "闲谈", settings(1)),
        (GROUP, " ", settings(1)),
    ],
)
def test_silent(key: ConversationKey, text: str, wanted: JoinSettings) -> None:
    """没有设的、私聊、没有字的，都不插话。"""
    assert not Joiner(Clock(), lambda: 0.0).wants(key, group_event(text), wanted)


async def test_group_choices_come_first() -> None:
    """群选了的照群的，没有选的照设置。"""
    config = Config(glm_join_probability=0.5, glm_join_keywords=["甲"])
    places = Places(NoChoices(), {}, set())
    assert join_settings(config, places, GROUP).probability == 0.5
    await places.choose(GROUP, "probability", "0")
    await places.choose(GROUP, "keywords", "乙,丙")
    found = join_settings(config, places, GROUP)
    assert (found.probability, found.keywords, found.cooldown) == (0, ("乙", "丙"), 300)
    await places.choose(GROUP, "keywords", None)
    assert join_settings(config, places, GROUP).keywords == ("甲",)


CHOICES: dict[tuple[str, str], Any] = {
    ("probability", "0.05"): "0.05",
    ("probability", "2"): None,
    ("probability", "nan"): None,
    ("probability", "多"): None,
    ("cooldown", "60"): "60",
    ("cooldown", "-1"): None,
    ("follow", "inf"): None,
    ("keywords", "天气，吃什么 "): "天气,吃什么",
}


@pytest.mark.parametrize("written", CHOICES, ids=" ".join)
def test_parse_choice(written: tuple[str, str]) -> None:
    """写得对的照存，写错的不认。"""
    assert parse_choice(*written) == CHOICES[written]
