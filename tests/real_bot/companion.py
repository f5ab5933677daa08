"""同一个机器人里的另一个插件：它的命令要能照常使用。"""

from __future__ import annotations

from nonebot import on_command
from nonebot.matcher import Matcher

ping = on_command("ping", priority=1, block=True)


@ping.handle()
async def pong(matcher: Matcher) -> None:
    """答 pong。"""
    await matcher.finish("pong")
