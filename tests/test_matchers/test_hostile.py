"""坏了的、存心捣乱的命令：得到一句话，什么也没有坏。"""

from __future__ import annotations

from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import Message, MessageSegment

from nonebot_plugin_glm.matchers.call import ID_CHARS
from nonebot_plugin_glm.matchers.commands.cost import HOW_TO_LIFT

from .rig import OTHER, OWNER, Rig

INFINITE: Any = float("inf")
BROKEN = {
    "card": MessageSegment("json", {"qq": "5"}),
    "mention": MessageSegment("at", {}),
    "name": MessageSegment("at", {"qq": "所有人"}),
    "infinity": MessageSegment("at", {"qq": INFINITE}),
}


@pytest.mark.parametrize("segment", BROKEN.values(), ids=BROKEN)
async def test_broken_segment_beside_a_command(
    rig: Rig, segment: MessageSegment
) -> None:
    """命令里夹着缺字段的段：只当没有那一段，@ 的人仍认得。"""
    written = MessageSegment.text("/glm block ") + segment
    said = await rig.types(written, OWNER)
    assert said.startswith("请 @ 一个人或写出号码，如 /glm block 10001。")
    said = await rig.types(written + MessageSegment.at(OTHER), OWNER)
    assert said == f"好，我不再理 {OTHER} 了。"


TOO_LONG = "8" * (ID_CHARS + 1)


async def test_number_too_long_to_keep(rig: Rig) -> None:
    """放不进历史的号码不算号码：不然 PostgreSQL 存不下，导出的也读不回。"""
    for command in ("block", "unblock"):
        assert "写出号码" in await rig.types(f"/glm {command} {TOO_LONG}", OWNER)
    assert await rig.types(f"/glm quota lift {TOO_LONG}", OWNER) == HOW_TO_LIFT
    assert not rig.service.places.is_blocked("qq", TOO_LONG)


@pytest.mark.parametrize("command", ["config", "model", "persona", "block", "help"])
async def test_half_a_character(rig: Rig, command: str) -> None:
    """命令里有落单的代理与 NUL：回的话编得成 UTF-8。"""
    text = Message(MessageSegment.text(f"/glm {command} a\ud800\x00"))
    said = await rig.types(text, OWNER)
    assert said
    assert "\x00" not in said
    said.encode()
