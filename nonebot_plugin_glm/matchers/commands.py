"""`/glm …` 的各个子命令；不许用的人会被告知。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from ..chat.results import ResetDone
from ..domain import ConversationKey, Scope, Thinking
from . import choices
from .call import DENIED_ACT, DENIED_MANAGE, DENIED_OWNER, Call
from .chat import deliver
from .report import status_report
from .rules import COMMAND
from .runtime import config

NOTHING = "这个会话里还没有问答。"


async def reset(call: Call) -> None:
    """忘记本会话，或超级用户指定的群。"""
    group = call.argument("group")
    if group is None:
        if not await call.may_manage():
            return await call.say(DENIED_MANAGE)
        return await call.say(_reset_done("本会话", await call.service.reset(call.key)))
    if not await call.is_owner():
        return await call.say(DENIED_OWNER)
    there = ConversationKey(call.key.platform, call.key.bot_id, Scope.GROUP, group)
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
    if everywhere and not await call.is_owner():
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
    send = partial(deliver, call.outgoing)
    await call.service.ask(last.question, send, last.replaces)


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
    await call.outgoing.deliver(last.turn.answer)


SUBCOMMANDS: dict[str, Callable[[Call], Awaitable[None]]] = {
    "reset": reset,
    "model": model,
    "think": think,
    "status": status,
    "undo": undo,
    "retry": retry,
    "stop": stop,
    "resend": resend,
}
"""子命令的名字到处理函数。"""
