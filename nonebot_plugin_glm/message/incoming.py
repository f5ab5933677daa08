"""聊天里的消息 -> 提问的文本。"""

from __future__ import annotations

from collections.abc import Iterator

from nonebot.adapters import Bot, Event
from nonebot_plugin_alconna.uniseg import (
    At,
    AtAll,
    Emoji,
    File,
    Hyper,
    Image,
    Other,
    Reference,
    Reply,
    Segment,
    Text,
    UniMessage,
    Video,
    Voice,
)

from ..domain import well_formed

_WORDS: dict[type[Segment], str] = {
    Image: "[图片]",
    Emoji: "[表情]",
    Voice: "[语音]",
    Video: "[视频]",
    File: "[文件]",
    Reference: "[聊天记录]",
    Hyper: "[卡片]",
    AtAll: "@全体成员",
}

_OTHER_WORDS = {"mface": "[表情]"}
"""alconna 不认识的段，按平台的段名。"""


def question_text(bot: Bot, event: Event) -> str:
    """提问的文本：看不到的东西用词代替，@ 机器人的部分去掉，首尾空白去掉。

    只有图片之类而没有文字时也不为空；什么都没有时是空串。
    """
    text = "".join(_words(segment, bot.self_id) for segment in _segments(bot, event))
    return well_formed(text).strip()


def _segments(bot: Bot, event: Event) -> Iterator[Segment]:
    """逐段转换：客户端少写了字段的段（如 go-cqhttp 的文件）只丢它自己。"""
    message = event.get_message()
    for segment in message:
        try:
            yield from UniMessage.of(type(message)([segment]), bot)
        except (KeyError, ValueError):
            continue


def _words(segment: Segment, self_id: str) -> str:
    if isinstance(segment, Text):
        return segment.text
    if isinstance(segment, At):
        if segment.target == self_id:
            return " "
        return f"@{segment.display or segment.target} "
    if isinstance(segment, Reply):
        return ""
    if isinstance(segment, Other):
        return _OTHER_WORDS.get(segment.origin.type, "")
    return _WORDS.get(type(segment), "")
