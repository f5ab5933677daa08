"""OneBot 上报的事件：每一种段、每一种事件，字段缺的缺、错的错。"""

from __future__ import annotations

import time
from random import Random
from typing import Any

from . import garbage

SELF, OWNER = 10000, 999
KINDS = (
    "text", "face", "image", "record", "video", "at", "reply", "forward", "node",
    "json", "xml", "file", "mface", "markdown", "rps", "dice", "poke", "share",
    "location", "music", "contact", "longmsg", "miniapp", "onlinefile", "keyboard",
    "flash_file", "anonymous", "shake", "redbag", "gift", "unknown", "",
)  # fmt: skip
"""消息段的种类，最后两种没有人认得。"""
FIELDS = (
    "text", "id", "file", "url", "qq", "name", "summary", "data", "content", "title",
    "sub_type", "emoji_id", "raw", "lat", "lon", "type", "user_id", "nickname", "uin",
)  # fmt: skip
_NOTICES = (
    "group_recall", "friend_recall", "group_ban", "group_increase", "group_decrease",
    "group_admin", "group_upload", "friend_add", "notify", "essence", "group_card",
    "offline_file", "client_status", "group_msg_emoji_like", "bot_offline", "odd",
)  # fmt: skip


def segment(rng: Random, depth: int = 3) -> Any:
    """一个消息段；转发里还有消息。"""
    kind = rng.choice(KINDS)
    data = {f: garbage.value(rng, 1) for f in garbage.some(rng, FIELDS)}
    if kind == "text" or rng.random() < 0.1:
        data["text"] = garbage.text(rng)
    if kind == "at":
        data["qq"] = rng.choice((SELF, str(SELF), "all", 0, "5", garbage.text(rng, 1)))
    if kind == "reply":
        data["id"] = rng.choice((1, "1", "-5", garbage.value(rng, 1)))
    if kind in ("forward", "node", "json"):
        data["id"] = rng.choice(("fwd", "loop", garbage.text(rng, 1)))
        if depth and rng.random() < 0.5:
            data["content"] = message(rng, depth - 1)
    whole = {"type": kind, "data": data}
    return garbage.mutated(rng, whole, 0.3) if rng.random() < 0.15 else whole


def message(rng: Random, depth: int = 3) -> Any:
    """一条消息：数组、CQ 码的字符串，或者根本不是消息。"""
    dice = rng.random()
    if dice < 0.1:
        return garbage.text(rng)
    if dice < 0.13:
        return garbage.value(rng)
    return [segment(rng, depth) for _ in range(rng.randrange(5))]


def chat(rng: Random, said: Any = None, **fields: Any) -> dict[str, Any]:
    """一条群消息或私聊消息，多半是对机器人说的。"""
    user = rng.randrange(1, 100_000)
    said = message(rng) if said is None else said
    if isinstance(said, list) and rng.random() < 0.6:
        said = [{"type": "at", "data": {"qq": str(SELF)}}, *said]
    sender = {"user_id": user, "nickname": garbage.text(rng, 3), "role": "member"}
    sender["card"] = garbage.text(rng, 3)
    event = {
        "post_type": "message", "time": int(time.time()), "self_id": SELF,
        "user_id": user, "message_id": rng.randrange(1, 2**31), "message": said,
        "raw_message": "", "font": 0, "sender": sender, "original_message": said,
    }  # fmt: skip
    if rng.random() < 0.7:
        event |= {"message_type": "group", "sub_type": "normal"}
        event["group_id"] = rng.randrange(1, 2000)
        event["group_name"] = garbage.text(rng, 2)
    else:
        event |= {
            "message_type": "private",
            "sub_type": rng.choice(("friend", "group")),
        }
    if rng.random() < 0.05:
        event["sub_type"] = "anonymous"
        event["anonymous"] = {"id": 1, "name": garbage.text(rng), "flag": "x"}
    return event | fields


def question(rng: Random, number: int, words: str) -> dict[str, Any]:
    """对机器人说的一句话，字段都对，夹着什么段都有；别人没有在这里说过话。"""
    said: list[Any] = [
        {"type": "text", "data": {"text": f"{words} {garbage.text(rng)}"}}
    ]
    others = [segment(rng) for _ in range(rng.randrange(3))]
    said += [one for one in others if _is_segment(one)]
    fields: dict[str, Any] = {"user_id": number + 10**6, "message_id": number + 1}
    if rng.random() < 0.5:
        said.insert(rng.randrange(2), {"type": "at", "data": {"qq": str(SELF)}})
        fields |= {
            "message_type": "group",
            "sub_type": "normal",
            "group_id": number + 1,
        }
    else:
        fields |= {"message_type": "private", "sub_type": "friend"}
    whole: dict[str, Any] = chat(rng, said, **fields)
    whole |= {"message": said, "original_message": said, "anonymous": None}
    whole["sender"]["user_id"] = number + 10**6
    return whole


def _is_segment(data: Any) -> bool:
    """适配器读得懂的段；读不懂一段，整个事件都没有了。"""
    whole = isinstance(data, dict) and isinstance(data.get("type"), str)
    return whole and isinstance(data.get("data"), dict)


def odd(rng: Random) -> dict[str, Any]:
    """通知、请求与元事件。"""
    kind = rng.choice(("notice", "request", "meta_event", garbage.text(rng, 1)))
    event: dict[str, Any] = {
        "post_type": kind, "time": int(time.time()), "self_id": SELF,
        "user_id": rng.randrange(1, 100_000), "group_id": rng.randrange(1, 2000),
        "operator_id": rng.choice((SELF, 5)), "message_id": rng.choice((1, -1, "x")),
        "target_id": rng.choice((SELF, 5)), "duration": garbage.number(rng),
        "sub_type": rng.choice(("poke", "ban", "kick_me", "add", "connect")),
        "comment": garbage.text(rng), "flag": garbage.text(rng),
        "status": {"online": True, "good": True}, "interval": 5000,
    }  # fmt: skip
    event["notice_type"] = rng.choice(_NOTICES)
    event["request_type"] = rng.choice(("friend", "group", garbage.text(rng, 1)))
    event["meta_event_type"] = rng.choice(("heartbeat", "lifecycle", "odd"))
    return event


def event(rng: Random) -> Any:
    """一个事件；三成里字段是坏的。"""
    whole = odd(rng) if rng.random() < 0.2 else chat(rng)
    dice = rng.random()
    if dice < 0.3:
        kept = {k: whole[k] for k in ("post_type", "self_id") if rng.random() < 0.95}
        broken = garbage.mutated(rng, whole, rng.choice((0.02, 0.1)))
        return broken | kept if isinstance(broken, dict) else broken
    return whole


def answer(rng: Random, api: str, data: dict[str, Any]) -> Any:
    """机器人调用一个接口，客户端给的回应：多半说得通。"""
    if rng.random() < 0.15:
        return garbage.value(rng)
    if api == "get_forward_msg":
        deeper = {"type": "forward", "data": {"id": f"{data.get('id')}+"}}
        node = {"user_id": 5, "sender": {"user_id": 5, "nickname": garbage.text(rng)}}
        node["message"] = [deeper, *([segment(rng, 1)] if rng.random() < 0.5 else [])]
        return garbage.mutated(rng, {"messages": [node] * rng.randrange(1, 5)}, 0.02)
    if api == "get_msg":
        quoted = chat(rng, message(rng, 1)) | {"real_id": 1}
        return garbage.mutated(rng, quoted, rng.choice((0.0, 0.05)))
    return garbage.mutated(rng, {"message_id": rng.randrange(1, 2**31)}, 0.05)
