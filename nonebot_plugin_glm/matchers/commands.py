"""`/glm …` 的各个子命令；不许用的人会被告知。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..chat.results import ResetDone
from ..domain import ConversationKey, Scope, Speaker, Thinking
from ..message.brief import cut
from ..message.delivery import Delivery
from ..message.plain import plain_text
from ..message.presenting import NODE_CHARS, Presenter
from . import choices, management
from .call import DENIED_ACT, DENIED_MANAGE, DENIED_OWNER, Call
from .depends import manner, waiting
from .overheard import overheard
from .report import status_report
from .rules import COMMAND
from .runtime import config

NOTHING = "这个会话里还没有问答。"
HISTORY_TURNS, HISTORY_MOST = 10, 50
"""`/glm history` 不说几轮时列几轮、至多列几轮。"""


async def reset(call: Call) -> None:
    """忘记本会话，或超级用户指定的群。"""
    group = call.argument("group")
    if group is None:
        if not await call.may_manage():
            return await call.say(DENIED_MANAGE)
        overheard.forget(call.key)
        return await call.say(_reset_done("本会话", await call.service.reset(call.key)))
    if not call.is_owner():
        return await call.say(DENIED_OWNER)
    there = ConversationKey(call.key.platform, call.key.bot_id, Scope.GROUP, group)
    overheard.forget(there)
    done = await call.service.reset_group(there)
    await call.say(_reset_done(f"群 {group} ", done))


def _reset_done(place: str, done: ResetDone) -> str:
    stopped = f"，中止了 {done.stopped} 个提问" if done.stopped else ""
    if not done.turns:
        return f"{place}没有可忘记的问答{stopped}，从头开始吧。"
    return f"已忘记{place}的 {done.turns} 轮问答{stopped}，从头开始吧。"


async def model(call: Call) -> None:
    """看或选模型。"""
    name = call.argument("name")
    available = choices.available_models(config)
    if name is None:
        current = (await call.service.status(call.key)).model
        return await call.say(choices.model_list(current, available, COMMAND))
    everywhere = bool(call.result.find("model.global"))
    if everywhere and not call.is_owner():
        return await call.say(DENIED_OWNER)
    if not everywhere and not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    chosen = choices.find_model(name, available)
    if chosen is None and name != choices.DEFAULT:
        return await call.say(choices.unknown_model(name, available, COMMAND))
    if everywhere:
        await call.service.choose_default_model(chosen)
        return await call.say(f"默认模型改为 {chosen or config.glm_model}。")
    await call.service.choose_model(call.key, chosen)
    await call.say(f"本会话改用 {chosen or '默认模型'}。")


async def think(call: Call) -> None:
    """看或选思考方式。"""
    mode = call.argument("mode")
    if mode is None:
        current = (await call.service.status(call.key)).thinking.value
        return await call.say(f"本会话的思考方式是 {current}。")
    if not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    if mode not in {option.value for option in Thinking}:
        return await call.say(f"思考方式是 on、off、auto 之一，如 {COMMAND} think on。")
    await call.service.choose_thinking(call.key, Thinking(mode))
    await call.say(f"本会话的思考方式改为 {mode}。")


async def status(call: Call) -> None:
    """本会话的现状。"""
    await call.say(await status_report(call.service, call.key))


async def undo(call: Call) -> None:
    """忘记最后一轮。"""
    if (last := await call.service.last_turn(call.key)) is None:
        return await call.say(NOTHING)
    if not await call.may_act_for(last.turn.speaker):
        return await call.say(DENIED_ACT)
    await call.service.undo(call.key, last.id)
    await call.say("已忘记最后一轮问答。")


async def retry(call: Call) -> None:
    """重新回答最后一个提问。"""
    if (last := await call.service.retriable(call.key)) is None:
        return await call.say(NOTHING)
    if not await call.may_act_for(last.question.speaker):
        return await call.say(DENIED_ACT)
    async with (
        Delivery(call.outgoing, manner) as audience,
        waiting(call.bot, call.event, call.outgoing, audience),
    ):
        await call.service.ask(last.question, audience, last.replaces)


async def stop(call: Call) -> None:
    """中止正在进行的回答：自己的，或（管理员）所有人的。"""
    everyone = await call.may_manage()
    if stopped := call.service.stop(call.key, None if everyone else call.user_id):
        return await call.say(f"已中止 {stopped} 个提问。")
    waiting = call.service.is_busy(call.key)
    await call.say(DENIED_ACT if waiting else "现在没有正在进行的回答。")


async def resend(call: Call) -> None:
    """把最后一个回答再发一次。"""
    if (last := await call.service.last_turn(call.key)) is None:
        return await call.say(NOTHING)
    await Presenter(call.outgoing, manner).present(last.turn.answer)


async def history(call: Call) -> None:
    """最近的几轮，作为合并转发；平台没有就写成文本。"""
    wanted = call.argument("count") or str(HISTORY_TURNS)
    if not wanted.isdecimal() or not 0 < int(wanted) <= HISTORY_MOST:
        return await call.say(f"轮数是 1 到 {HISTORY_MOST}，如 {COMMAND} history 5。")
    turns = await call.service.newest_turns(call.key, int(wanted))
    if not turns:
        return await call.say(NOTHING)
    bot = Speaker(call.bot.self_id, "GLM")
    lines = [
        line
        for stored in turns
        for line in (
            (stored.turn.speaker, cut(stored.turn.question, NODE_CHARS)),
            (bot, cut(plain_text(stored.turn.answer), NODE_CHARS)),
        )
    ]
    if not await call.outgoing.dialogue(lines):
        text = "\n\n".join(f"{who.name or who.id}：{words}" for who, words in lines)
        await Presenter(call.outgoing, manner).present(text)


SUBCOMMANDS: dict[str, Callable[[Call], Awaitable[None]]] = {
    "reset": reset,
    "model": model,
    "think": think,
    "status": status,
    "undo": undo,
    "retry": retry,
    "stop": stop,
    "resend": resend,
    "history": history,
    "on": management.turn_on,
    "off": management.turn_off,
    "scope": management.scope,
    "join": management.join,
    "block": management.block,
    "unblock": management.unblock,
}
"""子命令的名字到处理函数。"""
