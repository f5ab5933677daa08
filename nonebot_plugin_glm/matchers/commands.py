"""`/glm …`：每个子命令一个处理函数，不许用的人会被告知。"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from arclet.alconna import Alconna, Args, Arparma, CommandMeta, Option, Subcommand
from nonebot import get_driver
from nonebot.adapters import Bot, Event
from nonebot.params import Depends
from nonebot.permission import SUPERUSER
from nonebot_plugin_alconna import AlconnaMatches, Match, on_alconna

from ..domain import ConversationKey, Scope, Thinking
from ..message.outgoing import Outgoing
from . import choices
from .chat import deliver
from .depends import apologies, get_key, get_outgoing, may_act_for, may_manage
from .help import ENTRIES, help_text
from .report import status_report
from .runtime import config, get_service

PREFIXES = tuple(f"{start}glm" for start in get_driver().config.command_start)
NAME = min(PREFIXES, key=lambda prefix: (prefix != "/glm", prefix))
"""对人说起命令时的写法，通常是 `/glm`。"""

DENIED_MANAGE = "这是全群共用的，只有群主、管理员和超级用户可以这样做。"
DENIED_ACT = "只有提问的人、群主、管理员和超级用户可以这样做。"
DENIED_OWNER = "只有超级用户可以这样做。"
NOTHING = "这个会话里还没有问答。"

Out = Annotated[Outgoing, Depends(get_outgoing)]
Key = Annotated[ConversationKey, Depends(get_key)]


async def looks_like_command(event: Event) -> bool:
    """廉价的一眼：不以 `/glm` 开头的消息不必劳动 Alconna。"""
    return event.get_plaintext().lstrip().startswith(PREFIXES)


command = on_alconna(
    Alconna(
        "glm",
        Subcommand("help"),
        Subcommand("reset", Args["group?", str]),
        Subcommand("model", Args["name?", str], Option("--global")),
        Subcommand("think", Args["mode?", str]),
        *(Subcommand(name) for name in ("status", "undo", "retry", "stop", "resend")),
        meta=CommandMeta(description="与智谱 GLM 对话", usage=help_text("/glm")),
    ),
    rule=looks_like_command,
    use_cmd_start=True,
    skip_for_unmatch=False,
    auto_send_output=False,
    priority=config.glm_priority - 1,
    block=True,
)


@command.handle()
async def explain(outgoing: Out, result: Annotated[Arparma, AlconnaMatches()]) -> None:
    """没有子命令、求助或写错时说明用法。"""
    if not result.matched and result.error_data and "--help" not in result.error_data:
        words = "、".join(dict.fromkeys(entry.usage.split()[0] for entry in ENTRIES))
        await outgoing.say(f"没有这种写法。可以用的有 {words}，详见 {NAME} help。")
    elif not result.matched or not result.subcommands or result.find("help"):
        await outgoing.say(help_text(NAME))


@command.assign("reset")
async def reset(
    bot: Bot, event: Event, outgoing: Out, key: Key, group: Match[str]
) -> None:
    """忘记本会话，或超级用户指定的群。"""
    async with apologies(bot, event, outgoing):
        if not group.available:
            if not await may_manage(bot, event):
                return await outgoing.say(DENIED_MANAGE)
            turns = await (await get_service()).reset(key)
            return await outgoing.say(f"已忘记本会话的 {turns} 轮问答，从头开始吧。")
        if not await SUPERUSER(bot, event):
            return await outgoing.say(DENIED_OWNER)
        there = ConversationKey(key.platform, key.bot_id, Scope.GROUP, group.result)
        turns = await (await get_service()).reset_group(there)
        await outgoing.say(f"已忘记群 {group.result} 的 {turns} 轮问答。")


@command.assign("model")
async def model(
    bot: Bot,
    event: Event,
    outgoing: Out,
    key: Key,
    name: Match[str],
    result: Annotated[Arparma, AlconnaMatches()],
) -> None:
    """看或选模型。"""
    async with apologies(bot, event, outgoing):
        available = choices.available_models(config)
        if not name.available:
            current = (await (await get_service()).status(key)).model
            return await outgoing.say(choices.model_list(current, available, NAME))
        everywhere = bool(result.find("model.global"))
        if everywhere and not await SUPERUSER(bot, event):
            return await outgoing.say(DENIED_OWNER)
        if not everywhere and not await may_manage(bot, event):
            return await outgoing.say(DENIED_MANAGE)
        await choose_model(outgoing, key, name.result, everywhere=everywhere)


async def choose_model(
    outgoing: Outgoing, key: ConversationKey, name: str, *, everywhere: bool
) -> None:
    """换模型并告知。"""
    available = choices.available_models(config)
    chosen = None if name == choices.DEFAULT else choices.find_model(name, available)
    if chosen is None and name != choices.DEFAULT:
        return await outgoing.say(choices.unknown_model(name, available, NAME))
    service = await get_service()
    if everywhere:
        await service.choose_default_model(chosen)
        return await outgoing.say(f"默认模型改为 {chosen or config.glm_model}。")
    await service.choose_model(key, chosen)
    await outgoing.say(f"本会话改用 {chosen or '默认模型'}。")


@command.assign("think")
async def think(
    bot: Bot, event: Event, outgoing: Out, key: Key, mode: Match[str]
) -> None:
    """看或选思考方式。"""
    async with apologies(bot, event, outgoing):
        service = await get_service()
        if not mode.available:
            current = (await service.status(key)).thinking.value
            return await outgoing.say(f"本会话的思考方式是 {current}。")
        if not await may_manage(bot, event):
            return await outgoing.say(DENIED_MANAGE)
        if mode.result not in {option.value for option in Thinking}:
            return await outgoing.say(f"思考方式是 on、off、auto 之一：{NAME} think on")
        await service.choose_thinking(key, Thinking(mode.result))
        await outgoing.say(f"本会话的思考方式改为 {mode.result}。")


@command.assign("status")
async def status(bot: Bot, event: Event, outgoing: Out, key: Key) -> None:
    """本会话的现状。"""
    async with apologies(bot, event, outgoing):
        service = await get_service()
        await outgoing.say(await status_report(service, key))


@command.assign("undo")
async def undo(bot: Bot, event: Event, outgoing: Out, key: Key) -> None:
    """忘记最后一轮。"""
    async with apologies(bot, event, outgoing):
        service = await get_service()
        if (last := await service.last_turn(key)) is None:
            return await outgoing.say(NOTHING)
        if not await may_act_for(bot, event, last.turn.speaker):
            return await outgoing.say(DENIED_ACT)
        await service.undo(key, last.id)
        await outgoing.say("已忘记最后一轮问答。")


@command.assign("retry")
async def retry(bot: Bot, event: Event, outgoing: Out, key: Key) -> None:
    """重新回答最后一个提问。"""
    async with apologies(bot, event, outgoing):
        service = await get_service()
        if (last := await service.retriable(key)) is None:
            return await outgoing.say(NOTHING)
        if not await may_act_for(bot, event, last.question.speaker):
            return await outgoing.say(DENIED_ACT)
        await service.ask(last.question, partial(deliver, outgoing), last.replaces)


@command.assign("stop")
async def stop(bot: Bot, event: Event, outgoing: Out, key: Key) -> None:
    """中止正在进行的回答：自己的，或（管理员）所有人的。"""
    async with apologies(bot, event, outgoing):
        service = await get_service()
        everyone = await may_manage(bot, event)
        if service.stop(key, None if everyone else event.get_user_id()):
            return await outgoing.say("已中止。")
        waiting = service.is_busy(key)
        await outgoing.say(DENIED_ACT if waiting else "现在没有正在进行的回答。")


@command.assign("resend")
async def resend(bot: Bot, event: Event, outgoing: Out, key: Key) -> None:
    """把最后一个回答再发一次。"""
    async with apologies(bot, event, outgoing):
        last = await (await get_service()).last_turn(key)
        if last is None:
            return await outgoing.say(NOTHING)
        await outgoing.deliver(last.turn.answer)
