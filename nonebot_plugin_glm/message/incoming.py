"""聊天里的消息 -> 提问的文本。"""

from __future__ import annotations

from nonebot.adapters import Bot, Event
from nonebot_plugin_alconna.uniseg import (
    At,
    AtAll,
    Emoji,
    File,
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
    AtAll: "@全体成员",
}


def question_text(bot: Bot, event: Event) -> str:
    """提问的文本：看不到的东西用词代替，@ 机器人的部分去掉，首尾空白去掉。

    只有图片之类而没有文字时也不为空；什么都没有时是空串。
    """
    message = UniMessage.of(event.get_message(), bot)
    text = "".join(_words(segment, bot.self_id) for segment in message)
    return well_formed(text).strip()


def _words(segment: Segment, self_id: str) -> str:
    if isinstance(segment, Text):
        return segment.text
    if isinstance(segment, At):
        if segment.target == self_id:
            return " "
        return f"@{segment.display or segment.target} "
    if isinstance(segment, Reply | Other):
        return ""
    return _WORDS.get(type(segment), "")
