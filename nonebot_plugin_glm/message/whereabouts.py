"""发送没有回音的消息到底发出去没有：问一问客户端最近的消息，免得再发一遍。

NapCat 等不到 QQ 的回音就报 `Timeout: NTEvent …`，而消息往往已经在群里
（NapNeko/NapCatQQ 的 #932、#1772），也可能真的被拦下了（#808）。
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from nonebot.adapters import Bot
from nonebot.adapters.onebot.v11 import ActionFailed, NetworkError
from nonebot_plugin_alconna.uniseg import Reference, Segment, Target, Text

from .brief import text_of
from .segments import parts

COUNT = 20
"""看最近多少条。"""
_SKEW = 30.0
"""两边的钟最多差多少秒。"""
_PATIENCE = 5.0
"""最多等客户端多少秒。"""
_FORWARDED = {"forward", "json"}
"""合并转发在历史里的样子。"""


def is_unsure(error: Exception) -> bool:
    """这次失败是不是说不准发出去没有。"""
    if isinstance(error, NetworkError):
        return "timeout" in (error.msg or "").lower()
    if isinstance(error, ActionFailed):
        told = (error.info.get("message"), error.info.get("wording"))
        return any(text_of(words).lower().startswith("timeout") for words in told)
    return False


async def find_sent(bot: Bot, target: object, segments: Iterable[Segment]) -> str:
    """刚发的这条消息的编号；找不到、客户端没有这个接口时是空串。"""
    said = list(segments)
    wanted = _squeezed("".join(s.text for s in said if isinstance(s, Text)))
    forwarded = any(isinstance(segment, Reference) for segment in said)
    if not isinstance(target, Target) or not (wanted or forwarded):
        return ""
    since = time.time() - _SKEW
    api = "get_friend_msg_history" if target.private else "get_group_msg_history"
    whom = "user_id" if target.private else "group_id"
    with suppress(Exception):  # 各家的异常各不相同，找不到就当没有发出
        found = await bot.call_api(
            api, **{whom: int(target.id), "count": COUNT, "_timeout": _PATIENCE}
        )
        for message in reversed(_messages(found)):
            if _is_ours(message, bot.self_id, since) and _says(message, wanted):
                return text_of(message.get("message_id"))
    return ""


def _messages(found: object) -> list[Mapping[str, object]]:
    listed = found.get("messages") if isinstance(found, Mapping) else None
    if not isinstance(listed, list):
        return []
    return [message for message in listed if isinstance(message, Mapping)]


def _is_ours(message: Mapping[str, object], self_id: str, since: float) -> bool:
    sender = message.get("sender")
    user_id = message.get("user_id")
    if user_id is None and isinstance(sender, Mapping):
        user_id = sender.get("user_id")
    sent_at = message.get("time")
    fresh = isinstance(sent_at, int) and sent_at >= since
    return text_of(user_id) == self_id and fresh


def _says(message: Mapping[str, object], wanted: str) -> bool:
    """是不是这些话；没有字的是合并转发，只看种类。"""
    found = list(parts(message.get("message")))
    if not wanted:
        return any(kind in _FORWARDED for kind, _ in found)
    texts = (text_of(data.get("text")) for kind, data in found if kind == "text")
    return _squeezed("".join(texts)) == wanted


def _squeezed(text: str) -> str:
    return "".join(text.split())
