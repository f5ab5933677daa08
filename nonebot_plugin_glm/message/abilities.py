"""QQ 客户端是谁、会什么、在哪些群里被禁言；只问，不做。"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nonebot.adapters import Bot
from nonebot.adapters.onebot.v11 import Bot as OneBot
from nonebot.log import logger

from .calls import to_the_end
from .feedback import may_type, way_to_react

_MOST_GROUPS = 20
"""最多看几个群：机器人可能在几百个群里，一个个问要很久。"""
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Abilities:
    """QQ 客户端会什么。"""

    app: str = ""
    """自报的名字与版本，不肯说是空串"""
    online: bool = True
    reacts: bool = True
    """会不会贴表情"""
    types: bool = True
    """会不会显示正在输入"""
    muted: Sequence[str] = ()
    """被禁言的群，只看前几个群"""


async def abilities(bot: Bot) -> Abilities | None:
    """问客户端；不是 OneBot V11 的平台是 `None`。"""
    if not isinstance(bot, OneBot):
        return None
    info = await _asked(bot, "get_version_info")
    app = str(info.get("app_name") or "")
    status = await _asked(bot, "get_status")
    return Abilities(
        " ".join(filter(None, (app, str(info.get("app_version") or "")))),
        status.get("online") is not False,
        way_to_react(app.lower()) is not None,
        may_type(app.lower()),
        await _muted(bot),
    )


async def _muted(bot: OneBot) -> list[str]:
    found: list[str] = []
    groups = (await _asked(bot, "get_group_list")).get("", [])
    for group in groups[:_MOST_GROUPS]:
        group_id = group.get("group_id")
        own = {"group_id": group_id, "user_id": int(bot.self_id)}
        member = await _asked(bot, "get_group_member_info", **own)
        if (member.get("shut_up_timestamp") or 0) > time.time():
            found.append(str(group_id))
    return found


async def _asked(bot: OneBot, api: str, **params: Any) -> dict[str, Any]:
    """问一次，问不到是空的；答的是列表时放在空串下。"""
    try:
        # 等多久由适配器管：一次调用取消不得
        call = bot.call_api(api, _timeout=_SECONDS, **params)
        answer = await to_the_end(call, bot)
    except Exception as exc:  # 没有这个接口，或没有答：各家说法不同
        logger.debug(f"客户端没有答 {api}：{type(exc).__name__}")
        return {}
    return answer if isinstance(answer, dict) else {"": answer or []}
