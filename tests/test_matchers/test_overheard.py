"""overheard.Overheard：听到的不占多少内存。"""

from __future__ import annotations

import pytest
from nonebot.adapters.onebot.v11 import MessageSegment

from nonebot_plugin_glm.matchers.keys import get_key
from nonebot_plugin_glm.matchers.overheard import Overheard
from tests.test_message.builders import ScriptedBot, group_event

LONG = "长" * 20_000
HUGE = {
    "text": MessageSegment.text(LONG),
    "card": MessageSegment.json(LONG),
    "nodes": MessageSegment("forward", {"id": "1", "content": [{"text": LONG}]}),
}


@pytest.mark.parametrize("segment", HUGE.values(), ids=HUGE)
def test_huge_messages_are_not_kept(segment: MessageSegment) -> None:
    """长得不像闲谈的不留着，前后的照样听。"""
    bot, heard = ScriptedBot(), Overheard(lambda: 5)
    for content in ("前一句", segment, "后一句"):
        event = group_event(content)
        heard.note(get_key(bot, event), bot, event)
    remarks = heard.remarks(get_key(bot, group_event()))
    assert [remark.text for remark in remarks] == ["前一句", "后一句"]
