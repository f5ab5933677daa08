"""outgoing 与终端：没有引用与合并转发的平台。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.matchers.depends import get_question
from nonebot_plugin_glm.matchers.keys import get_key
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.presenting import Manner, Presenter

from .canvas import Canvas, painter_on
from .console import SilentConsole, console_event

PARAGRAPHS = [f"第{index}段" + "字" * 150 for index in range(3)]
LONG = "\n\n".join(PARAGRAPHS)


def presenter(outgoing: Outgoing) -> Presenter:
    """说长回答的人；先试合并转发。"""
    return Presenter(outgoing, Manner(message_chars=200, forward_chars=200))


@pytest.mark.parametrize("channel", ["", "c"])
async def test_console(channel: str) -> None:
    """终端里也能说话；不认识的引用略去，字还在。"""
    bot = SilentConsole()
    event = console_event(channel=channel)
    assert await presenter(Outgoing(bot, event, quote=True)).present(LONG)
    assert bot.said == PARAGRAPHS


async def test_console_without_forwards() -> None:
    """没有合并转发的平台发不出时，如实说没有发出。"""
    bot = SilentConsole(broken=True)
    outgoing = Outgoing(bot, console_event(), quote=False)
    assert await presenter(outgoing).present(LONG) is False


async def test_console_without_pictures() -> None:
    """发不了图的平台如实说没有发出，不会发一条空的。"""
    bot = SilentConsole()
    manner = Manner(painter=painter_on(Canvas(), "image"))
    outgoing = Outgoing(bot, console_event(), quote=False)
    assert await Presenter(outgoing, manner).picture("**粗**") is False
    assert bot.said == []


async def test_question_in_the_console() -> None:
    """终端里的话也是提问；两版 pydantic 都不因编号出错。"""
    bot, event = SilentConsole(), console_event()
    question = await get_question(bot, event, get_key(bot, event))
    assert question.text
    assert question.referred == ""
