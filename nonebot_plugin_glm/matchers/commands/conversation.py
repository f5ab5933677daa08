"""一个会话的历史与正在进行的回答：重置、撤销、重答、中止。"""

from __future__ import annotations

from arclet.alconna import Args

from ...chat.results import ResetDone
from ...chat.terms import Terms
from ...domain import ConversationKey, Scope, Speaker
from ...message.brief import cut
from ...message.delivery import Delivery
from ...message.plain import plain_text
from ...message.presenting import NODE_CHARS, Presenter
from ..call import DENIED_ACT, DENIED_MANAGE, DENIED_OWNER, Call
from ..command import ASKER, EVERYONE, MANAGER, SUPERUSERS, Command, Entry, Topic
from ..depends import manner, waiting
from ..overheard import overheard
from ..rules import COMMAND
from .report import status_report

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
        done = await call.service.reset(call.key)
        return await call.say(_reset_done("本会话", done) + _notes_kept(done))
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


def _notes_kept(done: ResetDone) -> str:
    """备忘本来就是要留得比历史久的，但人要知道它还在。"""
    if not done.notes:
        return ""
    return (
        f"记下的 {done.notes} 条备忘还在，{COMMAND} memory 可以看，"
        f"{COMMAND} forget all 可以都忘记。"
    )


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
        Delivery(call.outgoing, manner()) as audience,
        waiting(call.bot, call.event, call.outgoing, audience),
    ):
        await call.service.ask(
            last.question, audience, last.replaces, Terms(exempt=call.is_owner())
        )


async def stop(call: Call) -> None:
    """中止正在进行的回答：自己的，或（管理员）所有人的。"""
    everyone = await call.may_manage()
    elsewhere = await call.service.elsewhere.is_answering(call.key)
    stopped = await call.service.stop(call.key, None if everyone else call.user_id)
    done = [f"已中止 {stopped} 个提问"] if stopped else []
    if elsewhere:
        whose = "" if everyone else "若是你问的，"
        done.append(f"另一个进程正在答的，{whose}也在停下")
    if done:
        return await call.say("；".join(done) + "。")
    waiting = call.service.is_busy(call.key)
    await call.say(DENIED_ACT if waiting else "现在没有正在进行的回答。")


async def resend(call: Call) -> None:
    """把最后一个回答再发一次。"""
    if (last := await call.service.last_turn(call.key)) is None:
        return await call.say(NOTHING)
    await Presenter(call.outgoing, manner()).present(last.turn.answer)


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
        await Presenter(call.outgoing, manner()).present(text)


TOPIC = Topic(
    "会话",
    (
        Command(
            "reset",
            reset,
            (
                Entry("reset", "忘记本会话，中止正在进行的回答", MANAGER),
                Entry("reset 群号", "忘记那个群的所有会话", SUPERUSERS),
            ),
            Args["group?", str],
        ),
        Command(
            "status",
            status,
            (
                Entry(
                    "status",
                    "模型、范围、记住的轮数、上一轮的用量、密钥是否有效",
                    EVERYONE,
                ),
            ),
        ),
        Command("undo", undo, (Entry("undo", "忘记最后一轮", ASKER),)),
        Command("retry", retry, (Entry("retry", "重新回答最后一个提问", ASKER),)),
        Command("stop", stop, (Entry("stop", "中止正在进行的回答", ASKER),)),
        Command(
            "resend", resend, (Entry("resend", "把最后一个回答再发一次", EVERYONE),)
        ),
        Command(
            "history",
            history,
            (Entry("history 轮数", "列出最近的几轮，不写轮数是 10 轮", EVERYONE),),
            Args["count?", str],
        ),
    ),
)
