"""OneBot V11 的消息段 -> 词：各家客户端同一种段的字段不同，缺了字段也有词。

出处：NapCat、LLBot、Lagrange.OneBot v1 与 go-cqhttp 的源码。
不用 `str(segment)`：它会把文本转义。
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from nonebot.adapters.onebot.v11 import Message, MessageSegment

from ..conversation.prompt import clean_name
from .brief import bracketed, brief, text_of
from .cards import CHAT_RECORD, card, json_card, xml_card
from .faces import FACES

Data = Mapping[str, object]
Part = tuple[str, Data]
"""一段：种类与字段。"""

_FIXED = {
    "forward": CHAT_RECORD,
    "node": CHAT_RECORD,
    "longmsg": "[长消息]",
    "record": "[语音]",
    "video": "[视频]",
    "dice": "[骰子]",
    "rps": "[猜拳]",
    "poke": "[戳一戳]",
    "shake": "[窗口抖动]",
    "contact": "[名片]",
    "redbag": "[红包]",
    "gift": "[礼物]",
}
_FIELD_CHARS = 100
_STRING_CHARS = 8000
"""CQ 码的字符串最多看多少字：适配器读成片的「[CQ:」，工夫按平方长。"""
_FILE_NAMES = ("file_name", "name", "fileName", "title", "file")
"""依次是 Lagrange、go-cqhttp、NapCat 的在线文件、LLBot 的闪传、其余。"""
_STICKER = "[动画表情]"


def parts(message: object) -> Iterator[Part]:
    """消息的各段：适配器的消息、CQ 码的字符串或 JSON 的数组；不像样的段没有。"""
    if isinstance(message, str):
        message = Message(message[:_STRING_CHARS])
    if not isinstance(message, list):
        return
    for item in message:
        if isinstance(item, MessageSegment):
            kind, data = item.type, item.data
        elif isinstance(item, Mapping):
            kind, data = item.get("type"), item.get("data")
        else:
            kind, data = "text", {"text": item}
        if isinstance(kind, str):
            yield kind, data if isinstance(data, Mapping) else {}


def onebot_words(message: object, self_id: str, own_mention: str) -> Iterator[str]:
    """一条消息逐段的词。

    参数:
        message: 适配器的消息、CQ 码的字符串或 JSON 的数组
        self_id: 机器人的号码
        own_mention: @ 机器人写成什么
    """
    for kind, data in parts(message):
        if kind == "at":
            yield _mention(data, self_id, own_mention)
        elif speak := _SPEAKERS.get(kind):
            yield speak(data)
        else:
            yield _FIXED.get(kind, "")


def _mention(data: Data, self_id: str, own_mention: str) -> str:
    number = brief(data.get("qq"), _FIELD_CHARS)
    if number == self_id:
        return own_mention
    if number in ("all", "0"):
        return "@全体成员"
    name = clean_name(brief(data.get("name"), _FIELD_CHARS)).lstrip("@") or number
    return f"@{name} " if name else ""


def _face(data: Data) -> str:
    raw = data.get("raw")
    spoken = raw.get("faceText") if isinstance(raw, Mapping) else ""
    name = FACES.get(text_of(data.get("id")), "")
    return bracketed("表情", _bare(spoken) or name)


def _market_face(data: Data) -> str:
    return bracketed("表情", _bare(data.get("summary")))


def _image(data: Data) -> str:
    """NapCat 把商城表情也报成图片，只多了 `emoji_id`。"""
    kind = text_of(data.get("sub_type")) or text_of(data.get("subType"))
    if kind == "1" or data.get("summary") == _STICKER:
        return _STICKER
    return _market_face(data) if data.get("emoji_id") else "[图片]"


def _file(data: Data) -> str:
    names = (brief(data.get(field), _FIELD_CHARS) for field in _FILE_NAMES)
    return bracketed("文件", next(filter(None, names), ""))


def _place(data: Data) -> str:
    fields = (brief(data.get(field), _FIELD_CHARS) for field in ("title", "content"))
    return bracketed("位置", *fields)


def _bare(value: object) -> str:
    """表情自己的名字：`/流泪` 与 `[赞同]` 都去掉记号。"""
    return brief(value, _FIELD_CHARS).strip("/[]")


_SPEAKERS: dict[str, Callable[[Data], str]] = {
    "text": lambda data: text_of(data.get("text")),
    "markdown": lambda data: text_of(data.get("content")),
    "face": _face,
    "mface": _market_face,
    "image": _image,
    "file": _file,
    "onlinefile": _file,
    "flash_file": _file,
    "flashtransfer": _file,
    "json": lambda data: json_card(data.get("data")),
    "miniapp": lambda data: json_card(data.get("data")),
    "xml": lambda data: xml_card(data.get("data")),
    "share": lambda data: card(data.get("title"), data.get("content"), data.get("url")),
    "music": lambda data: bracketed("音乐", brief(data.get("title"), _FIELD_CHARS)),
    "location": _place,
}
