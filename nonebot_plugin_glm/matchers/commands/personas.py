"""人设：看、选、添、改、看正文、去掉。

选是会话的事，归能替会话作主的人；添、改、去掉是整个群的事，归群主、管理员与超级
用户，各成员一份历史的群也是，因为添的人人可选。文件夹里的是机器人的主人写的，正文
只给超级用户看。
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...conversation.naming import (
    DEFAULT_NAMES,
    MOST_PERSONAS,
    PERSONA_CHARS,
    PERSONA_NAME,
    PersonaRefusal,
    persona_name,
)
from ..call import DENIED_GROUP, DENIED_MANAGE, DENIED_OWNER, Call
from ..command import EVERYONE, MANAGER, PLACE_MANAGER, Command, Entry, Topic
from ..rules import COMMAND
from .telling import tell

DEFAULT = DEFAULT_NAMES[0]
BAD_NAME = (
    f"名字是 1 到 {PERSONA_NAME} 个看得见的字，中间没有空格，"
    "也不能是 add、edit、show、remove、default、默认。"
)
TOO_LONG = f"正文最多 {PERSONA_CHARS} 字，请写短些。"
NO_TEXT = "请在名字后面写正文，可以换行，如 {command} 猫娘 你是一只猫。"
NO_SUCH = f"没有这个人设，发送 {COMMAND} persona 看有哪些。"
NOT_OWN = f"聊天里没有添过这个人设，发送 {COMMAND} persona 看有哪些。"
REFUSALS = {
    PersonaRefusal.EXISTS: f"这个名字已经有了，要改请用 {COMMAND} persona edit。",
    PersonaRefusal.MISSING: NOT_OWN,
    PersonaRefusal.FULL: f"这里已经添了 {MOST_PERSONAS} 个，"
    f"请先用 {COMMAND} persona remove 去掉一个。",
}
IS_DEFAULT = "默认的人设是 .env 里的 GLM_SYSTEM_PROMPT。"


async def persona(call: Call) -> None:
    """看、选，或照第一个词行事。"""
    words = call.tail.split(maxsplit=1)
    if not words:
        return await _list(call)
    word, rest = words[0], words[1] if len(words) > 1 else ""
    if word in ACTIONS:
        return await ACTIONS[word](call, rest)
    await _choose(call, call.tail)


async def _list(call: Call) -> None:
    names = await call.service.personas.names(call.key)
    chosen = await call.service.personas.store.chosen(call.key)
    using = f"正在用 {chosen or DEFAULT}。"
    if chosen and chosen not in names:
        using = f"选的 {chosen} 已经没有了，正在用 {DEFAULT}。"
    others = "、".join([DEFAULT, *names])
    await tell(call, f"{using}发送 {COMMAND} persona 名字 可以换成：{others}。")


async def _choose(call: Call, wanted: str) -> None:
    if not await call.may_manage():
        return await call.say(DENIED_MANAGE)
    if wanted in DEFAULT_NAMES:
        await call.service.personas.store.choose(call.key, None)
        return await call.say("本会话改用默认的人设。")
    name = persona_name(wanted)
    if name is None or await call.service.personas.find(call.key, name) is None:
        return await call.say(NO_SUCH)
    await call.service.personas.store.choose(call.key, name)
    await call.say(f"本会话改用 {name}。")


async def _add(call: Call, rest: str) -> None:
    if written := await _written(call, "add", rest):
        name, text = written
        refused = await call.service.personas.store.add(call.key, name, text)
        done = f"添了 {name}，发送 {COMMAND} persona {name} 就用它。"
        await call.say(REFUSALS[refused] if refused else done)


async def _edit(call: Call, rest: str) -> None:
    if written := await _written(call, "edit", rest):
        name, text = written
        refused = await call.service.personas.store.edit(call.key, name, text)
        await call.say(REFUSALS[refused] if refused else f"改了 {name}。")


async def _written(call: Call, action: str, rest: str) -> tuple[str, str] | None:
    """要存的名字与正文；不许的、写错的说一声，返回 `None`。"""
    words = rest.split(maxsplit=1)
    name = persona_name(words[0]) if words else None
    if not await _may_keep(call):
        await call.say(DENIED_GROUP)
    elif name is None:
        await call.say(BAD_NAME)
    elif len(words) < 2:
        await call.say(NO_TEXT.format(command=f"{COMMAND} persona {action}"))
    elif len(words[1]) > PERSONA_CHARS:
        await call.say(TOO_LONG)
    else:
        return name, words[1]
    return None


async def _show(call: Call, rest: str) -> None:
    if rest in DEFAULT_NAMES:
        return await call.say(IS_DEFAULT)
    found = await call.service.personas.find(call.key, persona_name(rest) or "")
    if found is None:
        return await call.say(NO_SUCH)
    if found.own and not await _may_keep(call):
        return await call.say(DENIED_GROUP)
    if not found.own and not call.is_owner():
        return await call.say(DENIED_OWNER)
    await tell(call, found.text)


async def _remove(call: Call, rest: str) -> None:
    if not await _may_keep(call):
        return await call.say(DENIED_GROUP)
    name = persona_name(rest)
    if name is None or not await call.service.personas.store.remove(call.key, name):
        return await call.say(NOT_OWN)
    await call.say(f"去掉了 {name}，选了它的会话回到默认。")


async def _may_keep(call: Call) -> bool:
    """能否添、改、去掉这里的人设。"""
    return not call.in_group or await call.may_manage_group()


ACTIONS: dict[str, Callable[[Call, str], Awaitable[None]]] = {
    "add": _add,
    "edit": _edit,
    "show": _show,
    "remove": _remove,
}
"""`/glm persona` 后面的第一个词。"""

TOPIC = Topic(
    "人设",
    (
        Command(
            "persona",
            persona,
            (
                Entry("persona", "看可以选的人设和正在用的", EVERYONE),
                Entry("persona 名字", "为本会话选择人设，default 回到默认", MANAGER),
                Entry("persona add 名字 正文", "添一个人设", PLACE_MANAGER),
                Entry("persona edit 名字 正文", "改添过的人设", PLACE_MANAGER),
                Entry("persona show 名字", "看添过的人设的正文", PLACE_MANAGER),
                Entry("persona remove 名字", "去掉添过的人设", PLACE_MANAGER),
            ),
            free=True,
        ),
    ),
)
