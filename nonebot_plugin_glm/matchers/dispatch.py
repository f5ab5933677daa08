"""`/glm …` 的响应器：由 Alconna 解析，交给相应的子命令。"""

from __future__ import annotations

from typing import Annotated

from arclet.alconna import (
    Alconna,
    Args,
    Arparma,
    CommandMeta,
    Option,
    Subcommand,
    output_manager,
)
from nonebot import get_driver, on_message
from nonebot.adapters import Bot, Event
from nonebot.params import Depends
from nonebot_plugin_alconna.uniseg import Text, UniMessage

from ..message.outgoing import Outgoing
from .access import is_open
from .call import Call
from .commands import SUBCOMMANDS
from .depends import apologies, get_outgoing
from .help import help_text
from .keys import get_key
from .quick import quick_rule
from .rules import COMMAND, is_glm_command
from .runtime import config, get_service

_PLAIN = ("status", "undo", "retry", "stop", "resend")
"""没有参数的子命令。"""
_SWITCH = "switch"
"""`on` 与 `off` 是参数而不是子命令：不然 `think on` 里的 `on` 会被它认去。"""
NOT_HERE = "机器人的主人没有开放我在这里与你对话。"

GLM = Alconna(
    list(get_driver().config.command_start),
    "glm",
    Args[f"{_SWITCH}?", ["on", "off"]],
    Subcommand("help"),
    Subcommand("reset", Args["group?", str]),
    Subcommand("model", Args["name?", str], Option("--global")),
    Subcommand("think", Args["mode?", str]),
    Subcommand("history", Args["count?", str]),
    Subcommand("scope", Args["scope?", str]),
    Subcommand("join", Args["name?", str]["value?", str]),
    Subcommand("block", Args["who?", str]),
    Subcommand("unblock", Args["who?", str]),
    *(Subcommand(name) for name in _PLAIN),
    meta=CommandMeta(description="与智谱 GLM 对话", usage=help_text(COMMAND)),
)

command = on_message(
    rule=quick_rule(is_glm_command), priority=config.glm_priority - 1, block=True
)


@command.handle()
async def run(
    bot: Bot, event: Event, outgoing: Annotated[Outgoing, Depends(get_outgoing)]
) -> None:
    """解析并执行一个子命令；没有子命令、求助或写错时说明用法。"""
    result = parse(event.get_plaintext())
    names = _names(result) if result and result.matched else []
    asks_help = result is not None and "--help" in result.error_data
    if asks_help or "help" in names or (result and result.matched and not names):
        await outgoing.say(help_text(COMMAND))
    elif result is None or len(names) != 1:
        known = "、".join([*SUBCOMMANDS, "help"])
        await outgoing.say(f"没有这种写法，可用的有 {known}，详见 {COMMAND} help。")
    else:
        async with apologies(bot, event, outgoing):
            service = await get_service()
            key = get_key(bot, event)
            if not is_open(bot, event, key):
                return await outgoing.say(NOT_HERE)
            call = Call(bot, event, key, outgoing, service, result)
            await SUBCOMMANDS[names[0]](call)


def _names(result: Arparma[UniMessage]) -> list[str]:
    """写了哪些子命令。"""
    switch = result.main_args.get(_SWITCH)
    return [*result.subcommands, *([switch] if switch else [])]


def parse(text: str) -> Arparma[UniMessage] | None:
    """用 Alconna 解析；它自己的输出是英文的用法，收起来不用。"""
    with output_manager.capture(GLM.name):
        output_manager.set_action(lambda output: output, GLM.name)
        try:
            return GLM.parse(UniMessage([Text(text)]))
        except Exception:  # 引号不成对时 Alconna 抛 IndexError
            return None
