"""对自己的话的权利：取出一份，全部忘记。"""

from __future__ import annotations

import time
from collections.abc import Callable

from arclet.alconna import Args

from ...conversation.beijing import moment
from ...conversation.exporting import Record, as_json, as_markdown
from ...conversation.traces import Person
from ...domain import Scope, Speaker
from ...message.files import send_file
from ..call import DENIED_MANAGE, Call
from ..command import MANAGER, Command, Entry, Topic
from ..listening import listening
from ..overheard import overheard
from ..rules import COMMAND
from .conversation import HISTORY_MOST, NOTHING

FORMS: dict[str, Callable[[Record, float], str]] = {
    "md": as_markdown,
    "json": as_json,
}
"""文件名的结尾到写法。"""
HOW_TO_EXPORT = f"可以写 md（给人看）或 json（给程序读），如 {COMMAND} export md。"
NOT_PRIVATELY = (
    "你的历史不能发在群里，而私下发给你又没有成功；请先加我为好友再试，"
    "或请机器人的主人用 nb glm export 导出。"
)
NOT_SENT = (
    "文件没能发出去，平台可能不支持；请机器人的主人用 nb glm export 导出，"
    f"或发送 {COMMAND} history 看最近的几轮。"
)
NEWEST_INSTEAD = "文件没能发出去，上面是最近的 {count} 轮。"
CONFIRM = "确认"
WHAT_IS_FORGOTTEN = (
    "这会抹去你在所有群与私聊里的提问与得到的回答、你记的备忘与人设、"
    "账本里你的名字，不能找回；聊天记录里已经发出的我收不回。"
    f"想好了就发送 {COMMAND} forget me {CONFIRM}。"
)
NOT_SCRUBBED = "但数据库文件没能整理干净，请机器人的主人看日志，再发一次这条命令。"


async def export(call: Call) -> None:
    """把本会话作为文件发出；各成员各有历史的群里，只私下发给本人。"""
    form = call.argument("form")
    if form is not None and form not in FORMS:
        return await call.say(HOW_TO_EXPORT)
    if not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    record = await call.service.rights.export(call.key)
    if not record.turns and not record.notes:
        return await call.say(NOTHING)
    now = time.time()
    privately = call.key.scope is Scope.MEMBER
    for ending in [form] if form else FORMS:
        name = f"glm-{moment(now):%Y%m%d-%H%M}.{ending}"
        text = FORMS[ending](record, now)
        if not await send_file(call.bot, call.event, name, text, privately=privately):
            return await _without_file(call, record, privately=privately)
    if privately:
        await call.say("已经私下发给你了。")


async def _without_file(call: Call, record: Record, *, privately: bool) -> None:
    """文件发不出去时的退路：合并转发最近的几轮，再不行就说一声。"""
    if privately:
        return await call.say(NOT_PRIVATELY)
    newest, bot = record.turns[-HISTORY_MOST:], Speaker(call.bot.self_id, "GLM")
    lines = [
        line
        for said in newest
        for line in ((said.turn.speaker, said.turn.question), (bot, said.turn.answer))
    ]
    if newest and await call.outgoing.dialogue(lines):
        return await call.say(NEWEST_INSTEAD.format(count=len(newest)))
    await call.say(NOT_SENT)


async def ask_to_forget_me(call: Call) -> None:
    """先说清会抹去什么。"""
    await call.say(WHAT_IS_FORGOTTEN)


async def forget_me(call: Call) -> None:
    """抹去打命令的人。"""
    person = Person(call.key.platform, call.user_id)
    overheard.forget_person(person.platform, person.id)
    listening.stop(call.bot, call.event)
    done = await call.service.rights.forget(person)
    parts = [f"{done.turns} 轮问答", f"{done.notes} 条备忘"]
    if done.stopped:
        parts.append(f"中止了 {done.stopped} 个提问")
    told = f"已忘记关于你的一切：{'、'.join(parts)}。"
    await call.say(told if done.clean else f"{told}{NOT_SCRUBBED}")


TOPIC = Topic(
    "我的话",
    (
        Command(
            "export",
            export,
            (
                Entry(
                    "export md|json",
                    "把本会话作为文件发来，不写就两种都要；"
                    "群里各成员一份的历史只私下发给本人",
                    MANAGER,
                ),
            ),
            Args["form?", str],
        ),
    ),
)
