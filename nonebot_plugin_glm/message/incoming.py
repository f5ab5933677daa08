"""聊天里的消息 -> 提问的文本。"""

from __future__ import annotations

from collections.abc import Iterator

from nonebot.adapters import Bot, Event, Message
from nonebot.adapters.onebot.v11 import Message as OneBotMessage
from nonebot_plugin_alconna.uniseg import (
    At,
    AtAll,
    Emoji,
    File,
    Hyper,
    Image,
    Reference,
    Segment,
    Text,
    UniMessage,
    Video,
    Voice,
)

from ..conversation.prompt import clean_name
from ..domain import well_formed
from .brief import bracketed, brief
from .cards import CHAT_RECORD, json_card, xml_card
from .segments import onebot_words

MENTIONED = "@你 "
"""别人的话里 @ 了机器人。"""
_NAME_CHARS = 100
_WORDS: dict[type[Segment], str] = {
    Image: "[图片]",
    Voice: "[语音]",
    Video: "[视频]",
    Reference: CHAT_RECORD,
    AtAll: "@全体成员",
}


def question_text(bot: Bot, event: Event) -> str:
    """提问的文本：看不到的东西用词代替，@ 机器人的部分去掉，首尾空白去掉。

    只有图片之类而没有文字时也不为空；什么都没有时是空串。
    """
    return message_text(bot, event.get_message(), own_mention=" ")


def plain_text(event: Event) -> str:
    """消息里打的字，原样连起来；文本段缺了文字时当作没有打字。"""
    try:
        return event.get_plaintext()
    except (LookupError, TypeError):
        return ""


def message_text(bot: Bot, message: Message, own_mention: str = MENTIONED) -> str:
    """一条消息的文本，`own_mention` 是 @ 机器人写成什么。"""
    if isinstance(message, OneBotMessage):
        words = onebot_words(message, bot.self_id, own_mention)
    else:
        segments = segments_of(bot, message)
        words = (_words(segment, bot.self_id, own_mention) for segment in segments)
    return well_formed("".join(words)).strip()


def segments_of(bot: Bot, message: Message) -> Iterator[Segment]:
    """逐段转换：缺字段的段只丢它自己。"""
    for segment in message:
        try:
            yield from UniMessage.of(type(message)([segment]), bot)
        except (LookupError, ValueError, TypeError, AttributeError, OverflowError):
            continue


def _words(segment: Segment, self_id: str, own_mention: str) -> str:
    if isinstance(segment, Text):
        return segment.text
    if isinstance(segment, At):
        if segment.target == self_id:
            return own_mention
        return f"@{clean_name(segment.display or '') or segment.target} "
    if isinstance(segment, File):
        default = segment.name == File.__default_name__
        return bracketed("文件", "" if default else brief(segment.name, _NAME_CHARS))
    if isinstance(segment, Emoji):
        return bracketed("表情", brief(segment.name, _NAME_CHARS))
    if isinstance(segment, Hyper):
        read = json_card if segment.format == "json" else xml_card
        return read(segment.raw or segment.content)
    return _WORDS.get(type(segment), "")
