"""管一个群、管一个人：开关、范围、插话、屏蔽。"""

from __future__ import annotations

from arclet.alconna import Args

from ...domain import Scope
from ..access import ENABLED
from ..call import DENIED_GROUP, DENIED_OWNER, Call
from ..command import EVERYONE, GROUP_ADMINS, SUPERUSERS, Command, Entry, Topic
from ..joining import (
    COOLDOWN,
    FOLLOW,
    JOIN_CHOICES,
    KEYWORDS,
    PROBABILITY,
    join_settings,
    parse_choice,
)
from ..keys import SCOPE
from ..rules import COMMAND
from ..runtime import config

ONLY_IN_GROUPS = "这个命令只在群里有用。"
SCOPES = {
    Scope.GROUP.value: "全群共用一份历史",
    Scope.MEMBER.value: "每个成员一份历史",
}
DEFAULT = "default"
"""回到设置里的写法。"""


async def _refused(call: Call) -> bool:
    """不在群里，或不能替群作主的，说一声。"""
    if not call.in_group:
        await call.say(ONLY_IN_GROUPS)
    elif not await call.may_manage_group():
        await call.say(DENIED_GROUP)
    else:
        return False
    return True


async def turn_on(call: Call) -> None:
    """在这个群里聊天。"""
    if await _refused(call):
        return
    await call.service.places.choose(call.key, ENABLED, None)
    await call.say("好，我在这个群里聊天了。")


async def turn_off(call: Call) -> None:
    """不在这个群里聊天，命令照常。"""
    if await _refused(call):
        return
    await call.service.places.choose(call.key, ENABLED, "off")
    await call.service.stop_group(call.key)
    await call.say(f"好，我在这个群里不聊天了，命令照常；{COMMAND} on 再打开。")


async def scope(call: Call) -> None:
    """看或选这个群的范围。"""
    if not call.in_group:
        return await call.say(ONLY_IN_GROUPS)
    chosen = call.argument("scope")
    if chosen is None:
        return await call.say(f"这个群现在{SCOPES[call.key.scope.value]}。")
    if not await call.may_manage_group():
        return await call.say(DENIED_GROUP)
    if chosen not in SCOPES:
        return await call.say(f"范围是 group 或 member，如 {COMMAND} scope member。")
    await call.service.places.choose(call.key, SCOPE, chosen)
    await call.say(f"这个群改为{SCOPES[chosen]}；换回来时，原来的历史都还在。")


async def join(call: Call) -> None:
    """看或选这个群里怎样插话。"""
    if not call.in_group:
        return await call.say(ONLY_IN_GROUPS)
    name, value = call.argument("name"), call.argument("value")
    if name is None:
        return await call.say(_describe_join(call))
    if not await call.may_manage_group():
        return await call.say(DENIED_GROUP)
    if name == DEFAULT:
        for choice in JOIN_CHOICES:
            await call.service.places.choose(call.key, choice, None)
        return await call.say(_describe_join(call))
    chosen = parse_choice(name, value or "") if name in JOIN_CHOICES else None
    if chosen is None or value is None:
        names = "、".join(JOIN_CHOICES)
        return await call.say(
            f"可以设的有 {names}，如 {COMMAND} join {PROBABILITY} 0.05、"
            f"{COMMAND} join {KEYWORDS} 天气,吃什么；"
            f"{COMMAND} join {DEFAULT} 回到默认。"
        )
    await call.service.places.choose(call.key, name, chosen)
    await call.say(_describe_join(call))


def _describe_join(call: Call) -> str:
    settings = join_settings(config, call.service.places, call.key)
    keywords = "、".join(settings.keywords) or "无"
    return (
        f"没有叫我时插话：概率（{PROBABILITY}）{settings.probability:g}，"
        f"关键词（{KEYWORDS}）{keywords}，"
        f"至少隔（{COOLDOWN}）{settings.cooldown:g} 秒；"
        f"回答之后（{FOLLOW}）{settings.follow:g} 秒内接着说不必 @ 我。"
    )


async def block(call: Call) -> None:
    """不再理一个人。"""
    await _block(call, on=True)


async def unblock(call: Call) -> None:
    """又理一个人。"""
    await _block(call, on=False)


async def _block(call: Call, *, on: bool) -> None:
    if not call.is_owner():
        return await call.say(DENIED_OWNER)
    if (who := call.target()) is None:
        name = "block" if on else "unblock"
        blocked = "、".join(call.service.places.blocked_on(call.key.platform))
        now = f"现在不理的有 {blocked}。" if blocked else "现在没有不理的人。"
        example = f"{COMMAND} {name} 10001"
        return await call.say(f"请 @ 一个人或写出号码，如 {example}。{now}")
    await call.service.places.block(call.key.platform, who, on=on)
    if on:
        await call.service.stop_person(call.key.platform, who)
    await call.say(f"好，我{'不再理' if on else '又理'} {who} 了。")


_JOIN_EFFECT = (
    "设插话的概率、关键词、间隔秒数，和接着说不必 @ 的秒数；join default 回到默认"
)
TOPIC = Topic(
    "群",
    (
        Command("on", turn_on, (Entry("on", "在本群聊天", GROUP_ADMINS),)),
        Command(
            "off", turn_off, (Entry("off", "不在本群聊天，命令照常", GROUP_ADMINS),)
        ),
        Command(
            "scope",
            scope,
            (
                Entry(
                    "scope group|member",
                    "本群共用一份历史，或每个成员一份",
                    GROUP_ADMINS,
                ),
            ),
            Args["scope?", str],
        ),
        Command(
            "join",
            join,
            (
                Entry("join", "看本群里没有叫它时怎样插话", EVERYONE),
                Entry(
                    "join probability|keywords|cooldown|follow 值",
                    _JOIN_EFFECT,
                    GROUP_ADMINS,
                ),
            ),
            Args["name?", str]["value?", str],
        ),
        Command(
            "block",
            block,
            (
                Entry(
                    "block @人",
                    "不再理一个人，也可以写号码；不写就看现在不理谁",
                    SUPERUSERS,
                ),
            ),
            Args["who?", str],
        ),
        Command(
            "unblock",
            unblock,
            (Entry("unblock @人", "又理他", SUPERUSERS),),
            Args["who?", str],
        ),
    ),
)
