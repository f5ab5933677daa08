"""占位：名字与群就地填上，时间只说到哪里去找，别的花括号不动。"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.placeholders import (
    TIME_RULE,
    SystemPrompt,
    fill,
    mentions,
)
from nonebot_plugin_glm.conversation.prompt import time_label


def filled(text: str) -> SystemPrompt:
    """填好的系统提示。"""
    return fill(text, bot="小智", group="{bot}{time}")


def test_names_are_filled() -> None:
    """名字与群填在原处，填进去的不再当占位。"""
    assert filled("{bot}在{group}，{bot}") == SystemPrompt("小智在{bot}{time}，小智")


@pytest.mark.parametrize("name", ["time", "date"])
def test_time_is_only_referred_to(name: str) -> None:
    """时间变成固定的一句话，末尾说明标签的含义。"""
    prompt = filled(f"现在是{{{name}}}。")
    assert prompt.timed
    assert prompt.text.startswith("现在是（最后一条消息开头 ⟦时间⟧ 里的")
    assert prompt.text.endswith(f"。\n\n{TIME_RULE}")
    assert prompt == filled(f"现在是{{{name}}}。")


@given(st.text("{}botgruptimeda:!.[]0\n"))
@example("{}{0}{user}{Bot}{ bot }{bot!r}{{time")
@example('{"a": {"b": 1}} f"{x}" {bot')
def test_other_braces_are_harmless(text: str) -> None:
    """写什么都不出错；没有占位的一字不改。"""
    prompt = filled(text)
    if not mentions(text, "bot", "group", "time", "date"):
        assert prompt == SystemPrompt(text)


@pytest.mark.parametrize(
    ("seconds", "label"),
    [
        (1795593600 - 1, "⟦时间｜2026-11-25 15:59 星期三⟧"),
        (1795593600, "⟦时间｜2026-11-25 16:00 星期三⟧"),
        (1795593600 + 4 * 86400 + 28800, "⟦时间｜2026-11-30 00:00 星期一⟧"),
    ],
)
def test_time_label(seconds: float, label: str) -> None:
    """北京时间，到分，带星期。"""
    assert time_label(seconds) == label
