"""自检：GLM 与机器由 `chat.doctor` 看，NoneBot 的设置与 QQ 客户端在这里看。"""

from __future__ import annotations

import asyncio
from importlib import import_module

from nonebot import get_driver
from nonebot.adapters import Bot

from ..chat.doctor.findings import Finding, State
from ..message.abilities import Abilities, abilities
from .misspelling import hint, unknown_keys
from .runtime import WHERE, config, user_agent

_RETIRED = ("go-cqhttp", "lagrange", "shamrock")
"""已经停止维护的客户端：NapCat 与 LLBot 还活着。"""


async def checkup(bot: Bot | None = None) -> list[Finding]:
    """看一遍；没有连着的机器人就不看客户端。"""
    # 与服务一样，HTTP 与数据库的库用到时才在线程里导入
    factory = await asyncio.to_thread(import_module, "..chat.factory", __package__)
    doctor = import_module("..chat.doctor.examination", __package__)
    patient = factory.patient(config, WHERE, user_agent())
    found: list[Finding] = await doctor.examine(patient)
    if bot is not None:
        found += client_findings(bot, await abilities(bot))
    return [*found, *nonebot_findings()]


def nonebot_findings() -> list[Finding]:
    """NoneBot 的设置里与聊天有关的。"""
    settings = get_driver().config
    names, owners = sorted(settings.nickname), len(settings.superusers)
    unknown = [f"没有 {key} 这一项，{hint(key)}" for key in unknown_keys()]
    return [
        *(Finding("设置", State.WARN, text.rstrip("，")) for text in unknown),
        Finding("昵称", State.FINE, "、".join(names))
        if names
        else Finding(
            "昵称",
            State.WARN,
            '没有设置，群里只能 @ 它或回复它：在 .env 里写 NICKNAME=["小智"]',
        ),
        Finding("主人", State.FINE, f"{owners} 个超级用户")
        if owners
        else Finding(
            "主人",
            State.WARN,
            '没有设置，没有人能用主人的命令：在 .env 里写 SUPERUSERS=["你的 QQ 号"]',
        ),
    ]


def client_findings(bot: Bot, able: Abilities | None) -> list[Finding]:
    """QQ 客户端；别的平台只说是哪个。"""
    if able is None:
        return [Finding("客户端", State.FINE, bot.adapter.get_name())]
    found = [_client(able)]
    if able.muted:
        groups = "、".join(able.muted)
        text = f"它在 {groups} 被禁言了，说不出话：请管理员解除"
        found.append(Finding("禁言", State.WARN, text))
    return found


def _client(able: Abilities) -> Finding:
    can = {"贴表情": able.reacts, "显示正在输入": able.types}
    known = "、".join(["合并转发", "撤回", *(name for name, yes in can.items() if yes)])
    unknown = "、".join(name for name, yes in can.items() if not yes)
    text = f"{able.app or '不说自己是谁'}，会{known}"
    text += f"，不会{unknown}" if unknown else ""
    if not able.online:
        return Finding("客户端", State.BAD, f"{text}；QQ 掉线了：到客户端重新登录")
    if any(word in able.app.lower() for word in _RETIRED):
        text += "；已经停止维护，换成 NapCat 或 LLBot"
        return Finding("客户端", State.WARN, text)
    return Finding("客户端", State.FINE, text)
