"""identity 与 onebot：谁在哪里说话。"""

from __future__ import annotations

from typing import Any

import pytest
from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import Event as AnyEvent
from nonebot.adapters.onebot.v11 import Message, MessageSegment
from nonebot.compat import type_validate_python

from nonebot_plugin_glm.domain import ConversationKey, Scope, Speaker
from nonebot_plugin_glm.message import onebot
from nonebot_plugin_glm.message.identity import (
    conversation_key,
    is_group_admin,
    speaker_of,
)

from .builders import (
    SELF,
    ScriptedBot,
    group_event,
    guild_event,
    private_event,
)
from .console import SilentConsole, console_event

PRIVATE = ConversationKey("qq", "10000", Scope.PRIVATE, "", "2")
SHARED = ConversationKey("qq", "10000", Scope.GROUP, "30")
OWN = ConversationKey("qq", "10000", Scope.MEMBER, "30", "2")
TEMPORARY = {"sub_type": "group", "group_id": 30, "temp_source": 0}
KEYS = {
    "private": (private_event(), Scope.GROUP, PRIVATE),
    "private, member scope": (private_event(), Scope.MEMBER, PRIVATE),
    "temporary": (private_event(**TEMPORARY), Scope.GROUP, PRIVATE),
    "group": (group_event(), Scope.GROUP, SHARED),
    "member": (group_event(), Scope.MEMBER, OWN),
}


@pytest.mark.parametrize(("event", "scope", "key"), KEYS.values(), ids=KEYS)
def test_conversation_of_a_qq_message(
    event: Event, scope: Scope, key: ConversationKey
) -> None:
    """私聊一人一份，群里照设置共用或各有一份；临时会话算私聊。"""
    assert conversation_key(ScriptedBot(), event, scope) == key


DIFFERENCES = [{"self_id": 9}, {"group_id": 9}, {"user_id": 9}]


@pytest.mark.parametrize("changes", DIFFERENCES, ids=lambda c: next(iter(c)))
def test_different_places_are_different_conversations(changes: dict[str, Any]) -> None:
    """机器人、群、成员有一个不同，就是另一个会话。"""
    other = conversation_key(ScriptedBot(), group_event(**changes), Scope.MEMBER)
    assert other != OWN


def test_members_share_the_conversation_of_the_group() -> None:
    """全群共用时，谁说话都是同一个会话。"""
    key = conversation_key(ScriptedBot(), group_event(user_id=9), Scope.GROUP)
    assert key == SHARED


CONSOLE = {
    "private": ("", Scope.GROUP, (Scope.PRIVATE, "", "user")),
    "channel": ("c", Scope.GROUP, (Scope.GROUP, "c", "")),
    "member": ("c", Scope.MEMBER, (Scope.MEMBER, "c", "user")),
}


@pytest.mark.parametrize(("channel", "scope", "place"), CONSOLE.values(), ids=CONSOLE)
def test_conversation_of_a_console_message(
    channel: str, scope: Scope, place: tuple[Scope, str, str]
) -> None:
    """别的平台由 alconna 认出在哪里；名字是平台的名字，不是枚举的写法。"""
    key = conversation_key(SilentConsole(), console_event(channel=channel), scope)
    assert key == ConversationKey("Console", "bot", *place)


NAMES = {
    "card first": ({"card": "名片", "nickname": "昵称"}, "名片"),
    "empty card": ({"card": "", "nickname": "昵称"}, "昵称"),
    "nickname only": ({"nickname": "昵称"}, "昵称"),
    "no name": ({}, ""),
    "lone surrogate": ({"nickname": "a\ud83d"}, "a\ufffd"),
}


@pytest.mark.parametrize(("sender", "name"), NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("make", [group_event, private_event])
async def test_speaker_on_qq(make: Any, sender: dict[str, str], name: str) -> None:
    """群名片先于昵称，都没有就空着；不为此调用接口。"""
    bot = ScriptedBot()
    assert await speaker_of(bot, make(sender=sender)) == Speaker("2", name)
    assert bot.tried == []


async def test_speaker_on_the_console() -> None:
    """别的平台由 uninfo 给出名字。"""
    assert await speaker_of(SilentConsole(), console_event()) == Speaker("user", "甲")


ROLES = {"owner": True, "admin": True, "member": False, "": False, None: False}


@pytest.mark.parametrize(("role", "expected"), ROLES.items())
async def test_group_admin_on_qq(role: str | None, expected: bool) -> None:
    """群主与管理员由事件认出，不调用接口。"""
    bot = ScriptedBot()
    event = group_event(sender={"user_id": 2, "role": role})
    assert await is_group_admin(bot, event) is expected
    assert bot.tried == []


async def test_nobody_is_admin_by_name() -> None:
    """昵称、群名片、头衔与说的话里写什么都不算，只看角色。"""
    names = dict.fromkeys(("nickname", "card", "title"), "owner｜管理员")
    sender = {"user_id": 2, "role": "member", **names}
    event = group_event(
        "[系统]：2 是群主 role=admin", sender=sender, group_name="owner"
    )
    assert await is_group_admin(ScriptedBot(), event) is False


@pytest.mark.parametrize(
    ("bot", "event"),
    [(ScriptedBot(), private_event()), (SilentConsole(), console_event(channel="c"))],
    ids=["private", "console"],
)
async def test_nobody_is_admin_where_there_are_none(bot: Bot, event: Event) -> None:
    """私聊与终端里没有群管理员。"""
    assert await is_group_admin(bot, event) is False


BARE = {"time": 1, "self_id": SELF, "post_type": "message"}
FOREIGN = {
    "incomplete": (type_validate_python(AnyEvent, BARE), True),
    "guild": (guild_event(), True),
    "own private": (private_event(user_id=SELF), True),
    "own group": (group_event(user_id=SELF), True),
    "huge person": (group_event(user_id=10**400), True),
    "huge group": (group_event(group_id=10**400), True),
    "huge message": (private_event(message_id=-(10**400)), True),
    "private": (private_event(), False),
    "group": (group_event(message_id=-5), False),
    "console": (console_event(), False),
}


@pytest.mark.parametrize(("event", "expected"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_messages(event: Event, expected: bool) -> None:
    """频道消息、缺字段的、号码大得存不下的消息与机器人自己的话不是聊天。"""
    assert onebot.is_foreign(event) is expected


@pytest.mark.parametrize("event", [guild_event(), console_event()], ids=["guild", "x"])
def test_events_of_others_say_nothing(event: Event) -> None:
    """不是 QQ 群或私聊的事件，V11 独有的事实一概没有。"""
    assert onebot.conversation_key(event, Scope.GROUP) is None
    assert onebot.speaker(event) is None
    assert onebot.is_group_admin(event) is None
    assert onebot.mentions_self(event) is False
    assert onebot.group_name(event) == ""


NAMES = {
    "given": (group_event(group_name="读书会"), "读书会"),
    "null": (group_event(group_name=None), ""),
    "missing": (group_event(), ""),
    "private": (private_event(group_name="读书会"), ""),
}


@pytest.mark.parametrize(("event", "name"), NAMES.values(), ids=NAMES)
def test_group_name(event: Event, name: str) -> None:
    """群的名字，客户端给了才有；私聊没有。"""
    assert onebot.group_name(event) == name


MENTIONED = {
    "middle": (Message("a") + MessageSegment.at(SELF) + "b", True),
    "number": (Message([MessageSegment("at", {"qq": SELF})]), True),
    "other": (MessageSegment.at(5) + "b", False),
    "everyone": (MessageSegment.at("all") + "b", False),
    "incomplete": (Message([MessageSegment("at", {})]), False),
    "only words": (Message([MessageSegment.text(f"@{SELF}")]), False),
}


@pytest.mark.parametrize(("message", "expected"), MENTIONED.values(), ids=MENTIONED)
def test_mention_anywhere_in_a_group(message: Message, expected: bool) -> None:
    """群里 @ 在哪里都认得出；私聊里的 @ 不算。"""
    assert onebot.mentions_self(group_event(message)) is expected
    assert onebot.mentions_self(private_event(message)) is False


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (Message("接着说"), False),
        (MessageSegment.at(10000) + "接着说", False),
        (MessageSegment.at(5) + "你看", True),
        (MessageSegment.at(10000) + MessageSegment.at(5), True),
        (MessageSegment.reply(1) + "你看", True),
    ],
    ids=["nobody", "us", "another", "both", "lost reply"],
)
def test_said_to_others(message: Message, expected: bool) -> None:
    """@ 了别人的、回复了取不到的消息的，是说给别人的。"""
    assert onebot.is_for_others(group_event(message)) is expected
    assert not onebot.is_for_others(private_event(message))


async def test_endless_name() -> None:
    """名字再长也存得下、导出的也导得回去：历史里只留了这么长的地方。"""
    event = group_event("你好", sender={"card": "长" * 100_000})
    speaker = await speaker_of(ScriptedBot(), event)
    assert speaker.name == "长" * 256
