"""二十万字的回答：折成几个合并转发，每个客户端都收得下，一字不少。"""

from __future__ import annotations

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed

from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.presenting import MOST_NODES, Manner, Presenter
from nonebot_plugin_glm.message.sentences import FOLDED

from .builders import ScriptedBot, group_event

TEXT = "".join(f"{number:05}" for number in range(40_000))


def road(bot: ScriptedBot) -> Presenter:
    """群里，照默认的样子说。"""
    return Presenter(Outgoing(bot, group_event(), quote=True), Manner())


async def test_several_forwards() -> None:
    """每个合并转发的节点都不超过上限，最后说一声在哪里。"""
    bot = ScriptedBot()
    assert await road(bot).present(TEXT)
    *forwards, note = [data for _, data in bot.accepted]
    sizes = [len(data["messages"]) for data in forwards]
    assert sizes == [MOST_NODES, MOST_NODES, MOST_NODES, sizes[-1]]
    assert max(map(len, bot.said)) <= 600
    assert "".join(bot.said) == TEXT + FOLDED
    assert note["message"]["reply"]


@pytest.mark.parametrize("refused", [3, 4, 7])
async def test_forward_refused_halfway(refused: int) -> None:
    """中间的转发被拒绝几次：已送到的不重复，没送到的接着送，次序不变。"""
    failure = ActionFailed(retcode=1200)
    bot = ScriptedBot(
        lambda api, _: (
            failure if "forward" in api and 2 < len(bot.tried) <= refused else None
        )
    )
    assert await road(bot).present(TEXT)
    said = "".join(text for text in bot.said if text != FOLDED)
    assert said == TEXT
