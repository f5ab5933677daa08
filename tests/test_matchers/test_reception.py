"""reception：什么事归谁，先后如何，什么也不归就什么也不做。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from nonebot.adapters import Event
from nonebot.adapters.onebot.v11 import Event as AnyEvent
from nonebot.adapters.onebot.v11 import (
    FriendRecallNoticeEvent,
    GroupRecallNoticeEvent,
    HeartbeatMetaEvent,
    PokeNotifyEvent,
)
from nonebot.compat import type_validate_python
from nonebot.typing import T_State

from nonebot_plugin_glm.matchers import reception, runtime
from nonebot_plugin_glm.matchers.arrivals import Arrivals
from nonebot_plugin_glm.matchers.chat import answer_question
from nonebot_plugin_glm.matchers.dispatch import run
from nonebot_plugin_glm.matchers.overheard import Overheard
from nonebot_plugin_glm.matchers.recall import forget_recalled
from tests.test_message.builders import (
    SELF,
    ScriptedBot,
    group_event,
    private_event,
)
from tests.test_message.console import SilentConsole, console_event


def happened(kind: type[Event], **fields: Any) -> Event:
    """一件不是消息的事。"""
    return type_validate_python(kind, {"time": 1, "self_id": SELF, **fields})


def recall_of(kind: type[Event], **fields: Any) -> Event:
    """一个撤回的通知。"""
    told = {"post_type": "notice", "user_id": 2, "message_id": 7}
    return happened(kind, **told, **fields)


def group_recall(operator: int) -> Event:
    """群里的撤回。"""
    where = {"notice_type": "group_recall", "group_id": 30, "operator_id": operator}
    return recall_of(GroupRecallNoticeEvent, **where)


HEARTBEAT: Mapping[str, Any] = {
    "post_type": "meta_event",
    "meta_event_type": "heartbeat",
    "interval": 5000,
    "status": {"online": True, "good": True},
}
POKE: Mapping[str, Any] = {
    "post_type": "notice",
    "notice_type": "notify",
    "sub_type": "poke",
    "user_id": 2,
    "target_id": 3,
}
SEEN: dict[str, tuple[Event, bool]] = {
    "group recall": (group_recall(2), True),
    "recall by an admin": (group_recall(3), True),
    "own recall": (group_recall(SELF), False),
    "friend recall": (
        recall_of(FriendRecallNoticeEvent, notice_type="friend_recall"),
        True,
    ),
    "poke": (happened(PokeNotifyEvent, **POKE), False),
    "heartbeat": (happened(HeartbeatMetaEvent, **HEARTBEAT), False),
    "sent by itself": (happened(AnyEvent, post_type="message_sent"), False),
    "incomplete message": (happened(AnyEvent, post_type="message"), False),
    "question": (private_event("你好"), False),
    "chatter": (group_event("你好"), False),
}


@pytest.mark.parametrize(("event", "recalled"), SEEN.values(), ids=SEEN)
async def test_watching(event: Event, recalled: bool) -> None:
    """什么事都看一眼，只有别人的撤回才响应；不调用接口。"""
    bot = ScriptedBot()
    state: T_State = {}
    assert await reception.watch.rule(bot, event, state) is recalled
    assert list(state.values()) == [forget_recalled if recalled else None]
    assert bot.tried == []


async def test_only_questions_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """只有提问记下先后：记下了命令与闲谈，后到的就要白等。"""
    arrivals = Arrivals()
    monkeypatch.setattr(reception, "arrivals", arrivals)
    bot = ScriptedBot()
    for event in (private_event("/glm status"), private_event("/ping"), group_event()):
        await reception.watch.rule(bot, event, {})
    assert arrivals._waiting == {}
    await reception.watch.rule(bot, private_event("你好"), {})
    assert len(arrivals._waiting) == 1


async def test_overhearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """旁听时群里的闲谈记下来，给机器人的与命令不记；不旁听就都不记。"""
    heard = Overheard(lambda: 9)
    monkeypatch.setattr(reception, "overheard", heard)
    said = [group_event("闲谈"), group_event("问", to_me=True), group_event("/ping")]
    bot = ScriptedBot()
    for count, remarks in ((0, []), (9, ["闲谈"])):
        monkeypatch.setattr(runtime.config, "glm_context_messages", count)
        for event in said:
            await reception.watch.rule(bot, event, {})
        key = reception.get_key(bot, said[0])
        assert [remark.text for remark in heard.remarks(key)] == remarks


CHOSEN: dict[str, tuple[Event, object]] = {
    "command": (group_event("/glm status"), run),
    "misspelt command": (private_event("/glmstatus"), None),
    "other command": (private_event("/ping"), None),
    "question": (private_event("你好"), answer_question),
    "chatter": (group_event("你好"), None),
}


@pytest.mark.parametrize(("event", "handling"), CHOSEN.values(), ids=CHOSEN)
async def test_choosing(event: Event, handling: object) -> None:
    """命令归命令，提问归聊天，别的都不归。"""
    state: T_State = {}
    passed = await reception.reply.rule(ScriptedBot(), event, state)
    assert passed is (handling is not None)
    assert list(state.values()) == [handling]


async def test_other_platforms() -> None:
    """别的平台的消息也这样看。"""
    bot, event = SilentConsole(), console_event("你好")
    state: T_State = {}
    assert not await reception.watch.rule(bot, event, {})
    assert await reception.reply.rule(bot, event, state)
    assert list(state.values()) == [answer_question]


def test_who_comes_first() -> None:
    """看一眼的先于一切，从不拦下；回话的照设置，到它为止。"""
    watch, reply = reception.watch, reception.reply
    assert (watch.priority, watch.block) == (0, False)
    assert (reply.priority, reply.block) == (runtime.config.glm_priority, True)
