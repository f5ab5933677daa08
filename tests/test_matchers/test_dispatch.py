"""dispatch：`/glm` 后面怎么写都有回话。"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nonebot_plugin_glm.matchers import dispatch
from nonebot_plugin_glm.matchers.commands import COMMANDS
from nonebot_plugin_glm.matchers.help import explain, overview
from tests.conftest import SUPERUSER
from tests.test_message.builders import ScriptedBot, group_event

from .fake_service import FakeService


async def typed(text: str) -> list[str]:
    """超级用户打这条命令，返回他看到的话。"""
    bot, event = ScriptedBot(), group_event(text, user_id=SUPERUSER)
    await dispatch.run(bot, event)
    return bot.said


WRONG = {
    "unknown": "/glm dance",
    "too many": "/glm retry now",
    "two": "/glm reset 1 2",
    "two subcommands": "/glm status reset",
    "two with arguments": "/glm think on model glm-4.7",
    "shortcut": "/glm --shortcut status reset",
    "unknown option": "/glm --all",
    "lonely quote": '/glm "',
    "question mark": "/glm reset ?",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
async def test_wrong_usage(
    service: FakeService, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """写错了就说有哪些，不报错，也不往终端里打字。"""
    [said] = await typed(text)
    assert said.startswith("没有这种写法，可用的有 reset、status、")
    assert service.done == []
    assert "usage" not in capsys.readouterr().out.lower()


@pytest.mark.parametrize("text", ["/glm", " /glm ", "/glm help", "/glm --help"])
async def test_help(service: FakeService, text: str) -> None:
    """求助的几种写法都得到说明。"""
    assert await typed(text) == [overview("/glm")]


async def test_help_about_one_command(service: FakeService) -> None:
    """问起一个命令就说它的各种写法；没有的命令说没有。"""
    assert await typed("/glm help reset") == [explain("reset", "/glm")]
    [said] = await typed("/glm help dance")
    assert said.startswith("没有这个命令")


@example("'")
@example("reset ?")
@given(st.text(max_size=60) | st.text("-\"' \\{}[]?helprstglobaoc", max_size=40))
def test_parser_takes_anything(text: str) -> None:
    """`/glm` 后面写什么都不出错：认得的在表里，不认得的没有结果。"""
    result = dispatch.parse(f"/glm {text}")
    names = result.subcommands if result and result.matched else ()
    assert set(names) <= {*COMMANDS, "help"}
