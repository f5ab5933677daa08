"""值：不可变，不认识机器人、数据库和 HTTP。"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

Role = Literal["system", "user", "assistant"]


class Scope(str, Enum):
    """会话的范围。"""

    PRIVATE = "private"
    """私聊，一人一份历史"""
    GROUP = "group"
    """群，成员共用一份历史"""
    MEMBER = "member"
    """群成员，在群里各有一份历史"""


class Thinking(str, Enum):
    """是否让模型先思考再回答。"""

    ON = "on"
    OFF = "off"
    AUTO = "auto"
    """不作要求，由模型决定"""


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """会话的名字：平台、机器人账号、范围与号码，任何一项不同就是另一个会话。"""

    platform: str
    bot_id: str
    scope: Scope
    group_id: str = ""
    """群号；频道为「父频道/频道」；私聊为空串"""
    user_id: str = ""
    """私聊对象或群成员的号码；群共用时为空串"""


@dataclass(frozen=True, slots=True)
class Speaker:
    """说话的人。"""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """发给 GLM 的一条消息，`content` 从不为空。"""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """聊天里来的一个提问；`text` 是合法的 Unicode，去掉首尾空白后不为空。"""

    key: ConversationKey
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """一次请求的用量，单位 token。"""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """`prompt_tokens` 里命中缓存的部分"""
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    """`completion_tokens` 里用于思考的部分"""


@dataclass(frozen=True, slots=True)
class Delta:
    """回答的一段；`text` 已去掉思考内容。"""

    text: str = ""
    finish: str = ""
    """结束原因，只在最后一段非空"""
    usage: Usage | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """一个完整的回答，`text` 去掉首尾空白后不为空。"""

    text: str
    model: str
    finish: str = "stop"
    usage: Usage = field(default_factory=Usage)
    saved: bool = True
    """是否已进入历史"""


@dataclass(frozen=True, slots=True)
class Turn:
    """一轮：一问一答，一起存下或一起不存。"""

    question: str
    answer: str
    speaker: Speaker
    model: str = ""
    usage: Usage = field(default_factory=Usage)


def well_formed(text: str) -> str:
    """把任意字符串变成合法的 Unicode：成对的代理合为一字，落单的换成 U+FFFD，去掉 NUL。

    JSON、SQLite 与 PostgreSQL 各拒绝其中一种，所以进门时就处理。
    """
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
