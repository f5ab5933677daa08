"""rules：这条消息是不是给机器人的，一张真值表。"""

from __future__ import annotations

import importlib.util
from types import ModuleType, SimpleNamespace
from typing import Any

import nonebot
import pytest
from nonebot.adapters import Bot, Event
from nonebot.adapters.onebot.v11 import Event as AnyEvent
from nonebot.adapters.onebot.v11 import Message, MessageSegment
from nonebot.compat import type_validate_python

from nonebot_plugin_glm.matchers import reception, rules
from tests.test_message.builders import (
    SELF,
    ScriptedBot,
    group_event,
    guild_event,
    private_event,
)
from tests.test_message.console import SilentConsole, console_event

ME, OTHER = MessageSegment.at(SELF), MessageSegment.at(5)
WORDLESS = MessageSegment("text", {})
IMAGE = MessageSegment.image("https://a/b.png")
CHAT, COMMAND, NEITHER = (True, False), (False, True), (False, False)
BARE = {"time": 1, "self_id": SELF, "post_type": "message"}
TABLE: dict[str, tuple[Event, tuple[bool, bool]]] = {
    "private": (private_event("你好"), CHAT),
    "private picture": (private_event(IMAGE), CHAT),
    "private nothing": (private_event(""), CHAT),
    "private other command": (private_event("/ping"), NEITHER),
    "private glm": (private_event("/glm"), COMMAND),
    "private glm help": (private_event("/glm help"), COMMAND),
    "private glm and newline": (private_event("/glm\nhelp"), COMMAND),
    "private blank before glm": (private_event("  /glm help"), COMMAND),
    "private nbsp before glm": (private_event("\xa0/glm help"), COMMAND),
    "private glm and more": (private_event("/glmx"), NEITHER),
    "private capitals": (private_event("/GLM help"), NEITHER),
    "private glm without prefix": (private_event("glm help"), CHAT),
    "private other prefix": (private_event("!glm help"), CHAT),
    "private glm inside": (private_event("试试 /glm help"), CHAT),
    "private slash inside": (private_event("1/2"), CHAT),
    "private temporary": (private_event("你好", sub_type="group"), CHAT),
    "private own": (private_event("你好", user_id=SELF), NEITHER),
    "private own glm": (private_event("/glm", user_id=SELF), NEITHER),
    "group chatter": (group_event("你好"), NEITHER),
    "group picture": (group_event(IMAGE), NEITHER),
    "group slash": (group_event("/"), NEITHER),
    "group other command": (group_event("/ping"), NEITHER),
    "group glm": (group_event("/glm status"), COMMAND),
    "group glm inside": (group_event("试试 /glm"), NEITHER),
    "group mention first": (group_event("你好", to_me=True), CHAT),
    "group mention only": (group_event("", to_me=True), CHAT),
    "group mention and lost reply": (
        group_event(MessageSegment.reply(1) + "你好", to_me=True),
        CHAT,
    ),
    "group mention in the middle": (group_event(Message("你好") + ME + "在吗"), CHAT),
    "group mention and command": (group_event("/ping", to_me=True), NEITHER),
    "group mention and glm": (group_event(" /glm help", to_me=True), COMMAND),
    "group mention as text": (group_event(f"@{SELF} 你好"), NEITHER),
    "group mention other": (group_event(OTHER + " 你好"), NEITHER),
    "group mention other and glm": (group_event(OTHER + " /glm reset"), NEITHER),
    "group mention all": (group_event(MessageSegment.at("all") + " 你好"), NEITHER),
    "group mention both": (group_event(OTHER + ME + "你好"), CHAT),
    "group quote other": (group_event(MessageSegment.reply(3) + "你好"), NEITHER),
    "group own mention": (group_event(ME + "你好", user_id=SELF), NEITHER),
    "group own to me": (group_event("你好", user_id=SELF, to_me=True), NEITHER),
    "group own glm": (group_event("/glm", user_id=SELF), NEITHER),
    "group text without words": (group_event(Message([WORDLESS]), to_me=True), CHAT),
    "guild": (guild_event("你好"), NEITHER),
    "guild glm": (guild_event("/glm"), NEITHER),
    "incomplete message": (type_validate_python(AnyEvent, BARE), NEITHER),
}


@pytest.mark.parametrize(("event", "expected"), TABLE.values(), ids=TABLE)
def test_truth_table(event: Event, expected: tuple[bool, bool]) -> None:
    """是聊天、是 `/glm`，还是与本插件无关；判断时不调用接口。"""
    bot = ScriptedBot()
    found = rules.is_for_bot(bot, event), rules.is_glm_command(bot, event)
    assert found == expected
    assert bot.tried == []


CONSOLE = {
    "private": ("你好", "", True, CHAT),
    "private glm": ("/glm help", "", True, COMMAND),
    "channel chatter": ("你好", "c", False, NEITHER),
    "channel mention": ("你好", "c", True, CHAT),
}


@pytest.mark.parametrize(
    ("text", "channel", "to_me", "expected"), CONSOLE.values(), ids=CONSOLE
)
def test_console(
    text: str, channel: str, to_me: bool, expected: tuple[bool, bool]
) -> None:
    """别的平台照它自己的 to_me。"""
    bot, event = SilentConsole(), console_event(text, channel=channel)
    event.to_me = to_me
    assert (rules.is_for_bot(bot, event), rules.is_glm_command(bot, event)) == expected


@pytest.mark.parametrize("matcher", [reception.watch, reception.reply])
@pytest.mark.parametrize("event", [group_event(), group_event(ME + "/glm")])
async def test_rule_awaits_nothing(matcher: Any, event: Event) -> None:
    """规则一步走完：第一次 send 就得到答案，从不交还控制权。"""
    bot = ScriptedBot()
    step = matcher.rule(bot, event, {})
    with pytest.raises(StopIteration) as done:
        step.send(None)
    assert done.value.value is False
    assert bot.tried == []


def rules_with(monkeypatch: pytest.MonkeyPatch, starts: set[str]) -> ModuleType:
    """命令前缀是这些时的规则。"""
    driver = SimpleNamespace(config=SimpleNamespace(command_start=starts))
    name = "nonebot_plugin_glm.matchers.rules_again"
    spec = importlib.util.spec_from_file_location(name, rules.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.setattr(nonebot, "get_driver", lambda: driver)
        spec.loader.exec_module(module)
    return module


STARTS: dict[str, tuple[set[str], str, dict[str, tuple[bool, bool]]]] = {
    "none": (set(), "glm", {"glm help": (True, True), "/glm": CHAT, "好": CHAT}),
    "empty": ({""}, "glm", {"glm": (True, True), "glmx": CHAT, "/ping": CHAT}),
    "both": ({"", "/"}, "/glm", {"/glm": COMMAND, "glm help": (True, True)}),
    "other": ({"!"}, "!glm", {"!glm": COMMAND, "/glm": CHAT, "!ping": NEITHER}),
    "dot": ({"."}, ".glm", {".glm": COMMAND, "xglm": CHAT, "..glm": NEITHER}),
    "several": ({"/", "!"}, "/glm", {"!glm": COMMAND, "/glm": COMMAND}),
}


@pytest.mark.parametrize(("starts", "name", "table"), STARTS.values(), ids=STARTS)
def test_command_prefixes(
    starts: set[str],
    name: str,
    table: dict[str, tuple[bool, bool]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """前缀照 NoneBot 的 COMMAND_START，`/glm` 是首选的写法。"""
    again, bot = rules_with(monkeypatch, starts), ScriptedBot()
    found = {
        text: (
            again.is_for_bot(bot, private_event(text)),
            again.is_glm_command(bot, private_event(text)),
        )
        for text in table
    }
    assert name == again.COMMAND
    assert found == table


def test_every_bot_is_told_apart() -> None:
    """机器人的号码照事件所属的机器人，@ 另一个机器人不算。"""
    event = group_event(MessageSegment.at(99) + "你好", self_id=99)
    other: Bot = ScriptedBot()
    assert rules.is_for_bot(other, event) is True
    assert rules.is_for_bot(other, group_event(MessageSegment.at(99) + "好")) is False
