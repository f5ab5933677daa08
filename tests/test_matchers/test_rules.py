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
from nonebot_plugin_glm.matchers.rules import Kind
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
BARE = {"time": 1, "self_id": SELF, "post_type": "message"}
TABLE: dict[str, tuple[Event, Kind]] = {
    "private": (private_event("你好"), Kind.QUESTION),
    "private picture": (private_event(IMAGE), Kind.QUESTION),
    "private nothing": (private_event(""), Kind.QUESTION),
    "private other command": (private_event("/ping"), Kind.OTHER),
    "private glm": (private_event("/glm"), Kind.COMMAND),
    "private glm help": (private_event("/glm help"), Kind.COMMAND),
    "private glm and newline": (private_event("/glm\nhelp"), Kind.COMMAND),
    "private blank before glm": (private_event("  /glm help"), Kind.COMMAND),
    "private nbsp before glm": (private_event("\xa0/glm help"), Kind.COMMAND),
    "private glm and more": (private_event("/glmx"), Kind.OTHER),
    "private capitals": (private_event("/GLM help"), Kind.OTHER),
    "private glm without prefix": (private_event("glm help"), Kind.QUESTION),
    "private other prefix": (private_event("!glm help"), Kind.QUESTION),
    "private glm inside": (private_event("试试 /glm help"), Kind.QUESTION),
    "private slash inside": (private_event("1/2"), Kind.QUESTION),
    "private temporary": (private_event("你好", sub_type="group"), Kind.QUESTION),
    "private own": (private_event("你好", user_id=SELF), Kind.OTHER),
    "private own glm": (private_event("/glm", user_id=SELF), Kind.OTHER),
    "group chatter": (group_event("你好"), Kind.CHATTER),
    "group picture": (group_event(IMAGE), Kind.CHATTER),
    "group slash": (group_event("/"), Kind.OTHER),
    "group other command": (group_event("/ping"), Kind.OTHER),
    "group glm": (group_event("/glm status"), Kind.COMMAND),
    "group glm inside": (group_event("试试 /glm"), Kind.CHATTER),
    "group mention first": (group_event("你好", to_me=True), Kind.QUESTION),
    "group mention only": (group_event("", to_me=True), Kind.QUESTION),
    "group mention and lost reply": (
        group_event(MessageSegment.reply(1) + "你好", to_me=True),
        Kind.QUESTION,
    ),
    "group mention in the middle": (
        group_event(Message("你好") + ME + "在吗"),
        Kind.QUESTION,
    ),
    "group mention and command": (group_event("/ping", to_me=True), Kind.OTHER),
    "group mention and glm": (group_event(" /glm help", to_me=True), Kind.COMMAND),
    "group mention as text": (group_event(f"@{SELF} 你好"), Kind.CHATTER),
    "group mention other": (group_event(OTHER + " 你好"), Kind.CHATTER),
    "group mention other and glm": (group_event(OTHER + " /glm reset"), Kind.OTHER),
    "group mention all": (
        group_event(MessageSegment.at("all") + " 你好"),
        Kind.CHATTER,
    ),
    "group mention both": (group_event(OTHER + ME + "你好"), Kind.QUESTION),
    "group quote other": (group_event(MessageSegment.reply(3) + "你好"), Kind.CHATTER),
    "group own mention": (group_event(ME + "你好", user_id=SELF), Kind.OTHER),
    "group own to me": (group_event("你好", user_id=SELF, to_me=True), Kind.OTHER),
    "group own glm": (group_event("/glm", user_id=SELF), Kind.OTHER),
    "group text without words": (
        group_event(Message([WORDLESS]), to_me=True),
        Kind.QUESTION,
    ),
    "guild": (guild_event("你好"), Kind.OTHER),
    "guild glm": (guild_event("/glm"), Kind.OTHER),
    "incomplete message": (type_validate_python(AnyEvent, BARE), Kind.OTHER),
}


@pytest.mark.parametrize(("event", "expected"), TABLE.values(), ids=TABLE)
def test_truth_table(event: Event, expected: Kind) -> None:
    """是聊天、是 `/glm`，还是与本插件无关；判断时不调用接口。"""
    bot = ScriptedBot()
    assert rules.kind_of(bot, event) is expected
    assert bot.tried == []


CONSOLE = {
    "private": ("你好", "", True, Kind.QUESTION),
    "private glm": ("/glm help", "", True, Kind.COMMAND),
    "channel chatter": ("你好", "c", False, Kind.CHATTER),
    "channel mention": ("你好", "c", True, Kind.QUESTION),
}


@pytest.mark.parametrize(
    ("text", "channel", "to_me", "expected"), CONSOLE.values(), ids=CONSOLE
)
def test_console(text: str, channel: str, to_me: bool, expected: Kind) -> None:
    """别的平台照它自己的 to_me。"""
    bot, event = SilentConsole(), console_event(text, channel=channel)
    event.to_me = to_me
    assert rules.kind_of(bot, event) is expected


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


STARTS: dict[str, tuple[set[str], str, dict[str, str]]] = {
    "none": (
        set(),
        "glm",
        {"glm help": "COMMAND", "/glm": "QUESTION", "好": "QUESTION"},
    ),
    "empty": ({""}, "glm", {"glm": "COMMAND", "glmx": "QUESTION", "/ping": "QUESTION"}),
    "both": ({"", "/"}, "/glm", {"/glm": "COMMAND", "glm help": "COMMAND"}),
    "other": ({"!"}, "!glm", {"!glm": "COMMAND", "/glm": "QUESTION", "!ping": "OTHER"}),
    "dot": ({"."}, ".glm", {".glm": "COMMAND", "xglm": "QUESTION", "..glm": "OTHER"}),
    "several": ({"/", "!"}, "/glm", {"!glm": "COMMAND", "/glm": "COMMAND"}),
}


@pytest.mark.parametrize(("starts", "name", "table"), STARTS.values(), ids=STARTS)
def test_command_prefixes(
    starts: set[str],
    name: str,
    table: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """前缀照 NoneBot 的 COMMAND_START，`/glm` 是首选的写法。"""
    again, bot = rules_with(monkeypatch, starts), ScriptedBot()
    found = {text: again.kind_of(bot, private_event(text)).name for text in table}
    assert name == again.COMMAND
    assert found == table


def test_every_bot_is_told_apart() -> None:
    """机器人的号码照事件所属的机器人，@ 另一个机器人不算。"""
    event = group_event(MessageSegment.at(99) + "你好", self_id=99)
    other: Bot = ScriptedBot()
    assert rules.kind_of(other, event) is Kind.QUESTION
    there = group_event(MessageSegment.at(99) + "好")
    assert rules.kind_of(other, there) is Kind.CHATTER
