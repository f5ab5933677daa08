"""quick：注册之后还是不开任务的规则，与别的规则相与时条件还在。"""

from __future__ import annotations

import pytest
from nonebot.adapters import Bot, Event
from nonebot.matcher import Matcher
from nonebot.rule import Rule

from nonebot_plugin_glm.matchers import reception
from nonebot_plugin_glm.matchers.quick import Handling, QuickRule
from tests.test_message.builders import ScriptedBot, private_event


async def nothing(bot: Bot, event: Event) -> None:
    """什么也不做。"""


def says_yes(_: Bot, event: Event) -> Handling | None:
    """只认「是」。"""
    return nothing if event.get_plaintext() == "是" else None


async def always() -> bool:
    """总是。"""
    return True


@pytest.mark.parametrize("matcher", [reception.watch, reception.reply])
def test_registered_as_it_is(matcher: type[Matcher]) -> None:
    """NoneBot 注册时把规则与空的相与，得到的还是它。"""
    assert type(matcher.rule) is QuickRule


@pytest.mark.parametrize("said", ["是", "否"])
@pytest.mark.parametrize(
    "rule",
    [QuickRule(says_yes) & always, always & QuickRule(says_yes)],
    ids=["before", "after"],
)
async def test_combined(rule: Rule, said: str) -> None:
    """与别的规则相与，两个条件都算。"""
    assert await rule(ScriptedBot(), private_event(said), {}) is (said == "是")
