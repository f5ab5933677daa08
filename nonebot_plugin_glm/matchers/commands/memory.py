"""备忘：值得一直记着的话，提问时总带上，重置也不忘。

群共用一份历史时谁都可以记：本来谁说的话都进历史，备忘只是留得久；提示里写明是谁
说的、只供参考，一个人记的条数有限，所以想用它指使模型的人占不到便宜。忘记则只能是
说出它的人，或能替整个会话作主的人：他们也负责清理。
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...conversation.noting import (
    MOST_NOTES,
    MOST_OF_ONE,
    NOTE_CHARS,
    Refusal,
    note_of,
)
from ...domain import Scope
from ..call import DENIED_MANAGE, Call
from ..command import EVERYONE, MANAGER, NOTER, Command, Entry, Topic
from ..rules import COMMAND
from .rights import CONFIRM, ask_to_forget_me, forget_me
from .telling import tell

NO_NOTES = f"还没有备忘，{COMMAND} remember 后面写要记住的话。"
DENIED_NOTE = "只有说出它的人、群主、管理员和超级用户可以这样做。"
HOW_TO_FORGET = f"请写出第几条，如 {COMMAND} forget 2；{COMMAND} memory 看有哪些。"
REFUSALS = {
    Refusal.EMPTY: f"请在后面写要记住的话，如 {COMMAND} remember 我对花生过敏。",
    Refusal.LONG: f"太长了，一条最多 {NOTE_CHARS} 字，请写短些或分成几条。",
    Refusal.KNOWN: "这句话已经记着了。",
    Refusal.ENOUGH: f"你在这里已经记了 {MOST_OF_ONE} 条，"
    f"请先用 {COMMAND} forget 编号 忘记一条。",
    Refusal.FULL: f"这里已经记满 {MOST_NOTES} 条，"
    f"请先用 {COMMAND} forget 编号 忘记一条。",
}


async def remember(call: Call) -> None:
    """记下一句话。"""
    note = note_of(call.tail, call.user_id)
    most = MOST_NOTES if await call.may_manage() else MOST_OF_ONE
    done = await call.service.notes.add(call.key, note, most)
    if isinstance(done, Refusal):
        return await call.say(REFUSALS[done])
    await call.say(f"记下了，是第 {done} 条；提问时都会带上。")


async def memory(call: Call) -> None:
    """看记下的话。"""
    stored = await call.service.notes.of(call.key)
    if not stored:
        return await call.say(NO_NOTES)
    shared = call.key.scope is Scope.GROUP
    lines = [
        f"{number}. {one.note.text}" + (f"（{one.note.author_id}）" if shared else "")
        for number, one in enumerate(stored, 1)
    ]
    await tell(call, "\n".join(lines))


async def forget(call: Call) -> None:
    """忘记一条，或照后面的词行事。"""
    word = " ".join(call.tail.split())
    if word in FORGETTING:
        return await FORGETTING[word](call)
    if word.split()[:1] == ["me"]:
        return await ask_to_forget_me(call)
    stored = await call.service.notes.of(call.key)
    if not stored:
        return await call.say(NO_NOTES)
    if not (word.isdecimal() and len(word) < 5 and 0 < int(word) <= len(stored)):
        return await call.say(HOW_TO_FORGET)
    chosen = stored[int(word) - 1]
    if call.user_id != chosen.note.author_id and not await call.may_manage():
        return await call.say(DENIED_NOTE)
    await call.service.notes.remove(call.key, chosen.id)
    await call.say(f"忘记了第 {int(word)} 条：{chosen.note.text}")


async def forget_all(call: Call) -> None:
    """忘记本会话的所有备忘。"""
    if not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    count = await call.service.notes.clear(call.key)
    await call.say(f"忘记了 {count} 条备忘。" if count else NO_NOTES)


FORGETTING: dict[str, Callable[[Call], Awaitable[None]]] = {
    "all": forget_all,
    "me": ask_to_forget_me,
    f"me {CONFIRM}": forget_me,
}
"""`/glm forget` 后面可以写的词。"""

TOPIC = Topic(
    "备忘",
    (
        Command(
            "remember",
            remember,
            (Entry("remember 话", "记下一句话，提问时总带上，重置也不忘", EVERYONE),),
            free=True,
        ),
        Command("memory", memory, (Entry("memory", "看记下的话", EVERYONE),)),
        Command(
            "forget",
            forget,
            (
                Entry("forget 编号", "忘记记下的一条", NOTER),
                Entry("forget all", "忘记本会话记下的所有话", MANAGER),
                Entry("forget me", "抹去关于自己的一切，先说清是哪些", EVERYONE),
            ),
            free=True,
        ),
    ),
)
