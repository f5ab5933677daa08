"""files：OneBot V11 用 base64 上传，发不出去只是说没有发出。"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed, NetworkError

from nonebot_plugin_glm.message.files import UPLOAD_SECONDS, send_file

from .builders import ScriptedBot, group_event, private_event
from .console import SilentConsole, console_event

CONTENT = f"base64://{base64.b64encode('内容'.encode()).decode()}"
PRIVATE, GROUP = "upload_private_file", "upload_group_file"


@pytest.mark.parametrize(
    ("event", "privately", "api", "where"),
    [
        (private_event(), False, PRIVATE, {"user_id": 2}),
        (private_event(sub_type="group", group_id=5), True, PRIVATE, {"user_id": 2}),
        (group_event(), False, GROUP, {"group_id": 30}),
        (group_event(), True, PRIVATE, {"user_id": 2}),
    ],
)
async def test_onebot(
    event: Any, privately: bool, api: str, where: dict[str, int]
) -> None:
    """发到来处，或私下发给打命令的人；客户端可能在别的机器上，不传路径。"""
    bot = ScriptedBot()
    assert await send_file(bot, event, "a.md", "内容", privately=privately)
    sent = {"file": CONTENT, "name": "a.md", "_timeout": UPLOAD_SECONDS}
    assert bot.tried == [(api, {**where, **sent})]


@pytest.mark.parametrize("error", [ActionFailed(retcode=1404), NetworkError("断了")])
async def test_refused(error: Exception) -> None:
    """没有这个接口、客户端拒绝、连接断了，都只是没有发出。"""
    bot = ScriptedBot(lambda api, data: error)
    assert await send_file(bot, group_event(), "a.md", "内容") is False


@pytest.mark.parametrize("channel", ["", "c"])
async def test_no_files_here(channel: str) -> None:
    """终端没有文件：不把内容当成话说出来。"""
    bot, event = SilentConsole(), console_event(channel=channel)
    assert await send_file(bot, event, "a.md", "内容") is False
    assert bot.said == []
