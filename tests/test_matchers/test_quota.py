"""额度用完了、快用完了，聊天里怎么说：各说一次。"""

from __future__ import annotations

from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import MessageEvent

from nonebot_plugin_glm.chat.allowance import Limit, Standing
from nonebot_plugin_glm.chat.terms import Terms
from nonebot_plugin_glm.conversation.accounts import EVERYONE, NOBODY
from nonebot_plugin_glm.exception import DailyQuotaError
from nonebot_plugin_glm.matchers import chat
from nonebot_plugin_glm.matchers.limits import Notices
from tests.test_message.builders import ScriptedBot, group_event, private_event

from .fake_service import FakeService

TOLD = "你今天的额度（5 次）用完了，明天 0 点（北京时间）恢复。"


def used_up(day: str) -> DailyQuotaError:
    """那一天的额度用完了。"""
    return DailyQuotaError("user", 5, "次", day)


async def heard(event: MessageEvent, *, unasked: bool = False) -> list[str]:
    """说一句，返回听到的。"""
    bot = ScriptedBot()
    await chat.answer_question(bot, event, unasked=unasked)
    return bot.said


def called(user: int = 71, **extra: Any) -> MessageEvent:
    """群里 @ 了机器人。"""
    return group_event("问", to_me=True, user_id=user, **extra)


async def test_told_once(service: FakeService) -> None:
    """一天对一个人在一处说一次；别人、别处、第二天又各是一次。"""
    service.failure = used_up("2026-11-25")
    assert [await heard(called()) for _ in range(3)] == [[TOLD], [], []]
    assert await heard(called(72)) == [TOLD]
    assert await heard(called(group_id=31)) == [TOLD]
    assert await heard(private_event("问", user_id=71)) == [TOLD]
    service.failure = used_up("2026-11-26")
    assert [await heard(called()) for _ in range(2)] == [[TOLD], []]


async def test_group_is_told_once(service: FakeService) -> None:
    """本群的、所有人的额度，一个群里一天说一次就够了。"""
    service.failure = DailyQuotaError("group", 5, "次", "2026-11-25")
    heard_by_all = [await heard(called(user, group_id=55)) for user in (71, 72, 73)]
    assert [len(said) for said in heard_by_all] == [1, 0, 0]


async def test_not_told_again_after_a_while(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """过了几个小时也不再说。"""
    now = [1000.0]
    monkeypatch.setattr(chat.gate, "_notices", Notices(lambda: now[0]))
    service.failure = used_up("2026-11-25")
    assert await heard(called(74)) == [TOLD]
    now[0] += 7200
    assert await heard(called(74)) == []


async def test_joining_in_is_silent(service: FakeService) -> None:
    """插话时用完了不出声，也不占去该说的那一次。"""
    overheard = group_event("没有叫它", user_id=73)
    service.failure = used_up("2026-11-25")
    assert await heard(overheard, unasked=True) == []
    assert await heard(called(73)) == [TOLD]


async def test_a_word_after_the_answer(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """快用完了，回答之后说一声。"""
    standing = Standing(EVERYONE, Limit(10, "次"), 8)
    quotas = service.billing.quotas
    monkeypatch.setattr(quotas, "word", lambda key, speaker: standing)
    assert await heard(called(74)) == [
        "答",
        "机器人今天的额度用了 80%（8 次，共 10 次），明天 0 点（北京时间）恢复。",
    ]


@pytest.mark.parametrize("user", [75, 999], ids=["member", "superuser"])
async def test_superuser_is_exempt(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    """超级用户的提问不受额度限制，别人的受。"""
    asked: list[bool] = []

    async def ask(*args: Any, terms: Terms) -> bool:
        asked.append(terms.exempt)
        return True

    monkeypatch.setattr(service, "ask", ask)
    await heard(called(user))
    assert asked == [user == 999]


@pytest.mark.parametrize("user", [76, 999], ids=["member", "superuser"])
async def test_joining_in_is_nobodys(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, user: int
) -> None:
    """插话不算听的人的，也不因为他是超级用户就不看额度。"""
    asked: list[Terms] = []

    async def ask(*args: Any, terms: Terms) -> bool:
        asked.append(terms)
        return True

    monkeypatch.setattr(service, "ask", ask)
    await heard(called(user), unasked=True)
    assert asked == [Terms(NOBODY)]
