"""`/glm …`：由 Alconna 解析，交给相应的子命令。"""

from __future__ import annotations

from arclet.alconna import (
    Alconna,
    Args,
    Arparma,
    CommandMeta,
    Subcommand,
    output_manager,
)
from nonebot import get_driver
from nonebot.adapters import Bot, Event
from nonebot_plugin_alconna.uniseg import Text, UniMessage

from ..domain import well_formed
from ..message.incoming import plain_text
from .access import is_open
from .call import Call
from .commands import COMMANDS
from .depends import Apologies, get_outgoing
from .help import explain, overview
from .keys import get_key
from .rules import COMMAND
from .runtime import get_service

_SWITCHES = ("on", "off")
"""它们是参数而不是子命令：不然 `think on` 里的 `on` 会被 Alconna 认去。"""
_FREE = {"help", *(name for name, command in COMMANDS.items() if command.free)}
NOT_HERE = "机器人的主人没有开放我在这里与你对话。"

GLM = Alconna(
    list(get_driver().config.command_start),
    "glm",
    Args["switch?", [*_SWITCHES]],
    Subcommand("help"),
    *(
        Subcommand(command.name, command.arguments, *command.options)
        for command in COMMANDS.values()
        if command.name not in _SWITCHES
    ),
    meta=CommandMeta(description="与智谱 GLM 对话", usage=overview(COMMAND)),
)


async def run(bot: Bot, event: Event) -> None:
    """解析并执行一个子命令；没有子命令、求助或写错时说明用法。"""
    outgoing = get_outgoing(bot, event)
    text, tail = _split(well_formed(plain_text(event)))
    result = parse(text)
    names = _names(result) if result and result.matched else []
    asks_help = result is not None and "--help" in result.error_data
    if asks_help or "help" in names or (result and result.matched and not names):
        await outgoing.say(_told(tail))
    elif result is None or len(names) != 1:
        known = "、".join([*COMMANDS, "help"])
        await outgoing.say(f"没有这种写法，可用的有 {known}，详见 {COMMAND} help。")
    else:
        async with Apologies(bot, event, outgoing):
            service = await get_service()
            key = get_key(bot, event)
            if not is_open(bot, event, key):
                return await outgoing.say(NOT_HERE)
            call = Call(bot, event, key, outgoing, service, result, tail)
            await COMMANDS[names[0]].run(call)


def _split(text: str) -> tuple[str, str]:
    """交给 Alconna 的，与原样交给子命令的：自由的话里有引号也不要紧。"""
    words = text.split(maxsplit=2)
    if len(words) < 3 or words[1] not in _FREE:
        return text, ""
    return f"{words[0]} {words[1]}", words[2].strip()


def _told(name: str) -> str:
    told = explain(name, COMMAND) if name else overview(COMMAND)
    return told or f"没有这个命令，发送 {COMMAND} help 看有哪些。"


def _names(result: Arparma[UniMessage]) -> list[str]:
    """写了哪些子命令。"""
    switch = result.main_args.get("switch")
    return [*result.subcommands, *([switch] if switch else [])]


def parse(text: str) -> Arparma[UniMessage] | None:
    """用 Alconna 解析；它自己的输出是英文的用法，收起来不用。"""
    with output_manager.capture(GLM.name):
        output_manager.set_action(lambda output: output, GLM.name)
        try:
            return GLM.parse(UniMessage([Text(text)]))
        except Exception:  # 引号不成对时 Alconna 抛 IndexError
            return None
