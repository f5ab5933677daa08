"""值：不可变，不认识机器人、数据库和 HTTP。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from enum import Enum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]

BEIJING = timezone(timedelta(hours=8))
"""北京时间：GLM 的恢复时间、额度的零点都照它。"""


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


Place = tuple[str, str, str]
"""群：平台、机器人账号、群号。"""


def place_of(key: ConversationKey) -> Place:
    """会话所在的群，不论是谁的会话；私聊的群号是空串。"""
    return key.platform, key.bot_id, key.group_id


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
class Remark:
    """不是对机器人说、但提问要用到的一句话：引用的、转发的、旁听到的。"""

    speaker: Speaker
    text: str
    own: bool = False
    """是不是机器人自己说的"""


@dataclass(frozen=True, slots=True)
class Question:
    """聊天里来的一个提问；`text` 是合法的 Unicode，去掉首尾空白后不为空。"""

    key: ConversationKey
    speaker: Speaker
    text: str
    message_ids: tuple[str, ...] = ()
    """平台给这些消息的编号，从旧到新；不止一条时 `text` 由它们合成"""
    referred: str = ""
    """提问所指的话（引用的消息、展开的聊天记录），已带好标签"""
    referred_id: str = ""
    """引用了哪条消息，空串为没有引用"""
    overheard: str = ""
    """此前在群里旁听到的话，已带好标签；不进历史"""
    place_name: str = ""
    """群的名字，客户端给了才有"""


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
class Answer:
    """一个完整的回答，`text` 去掉首尾空白后不为空。"""

    text: str
    model: str
    finish: str = "stop"
    """结束原因；`broken` 是说到一半断了"""
    usage: Usage = field(default_factory=Usage)
    saved: bool = True
    """是否已进入历史"""
    noted: tuple[str, ...] = ()
    """模型在这一轮里记下的事"""
    fallback: bool = False
    """是否由后备模型答的"""


@dataclass(frozen=True, slots=True)
class Turn:
    """一轮：一问一答，一起存下或一起不存。"""

    question: str
    answer: str
    speaker: Speaker
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    referred: str = ""
    """提问所指的话，已带好标签；没有时为空串"""


class Reader(Protocol):
    """边写边看回答的人。"""

    @property
    def seen(self) -> bool:
        """是否已经看到了一部分：看到了就不能当作没写过。"""
        ...

    def restart(self) -> None:
        """从头再写一遍；只在还没有看到时。"""
        ...

    def read(self, text: str) -> None:
        """又写出了一段。"""
        ...


class Audience(Reader, Protocol):
    """提问来处的人：看得到回答，也可能看到一半被收回。"""

    @property
    def written(self) -> str:
        """至今写出的，看到的与还没看到的。"""
        ...

    @property
    def sent(self) -> Sequence[str]:
        """看到的各条消息的编号。"""
        ...

    def meet(self, people: Iterable[Speaker], question: Question) -> None:
        """会话里有哪些人：回答里的 @ 只认他们；回答的是哪个提问：引用的是它。"""
        ...

    async def finish(self, answer: Answer) -> None:
        """写完而且存好了：把剩下的也看完。"""
        ...

    async def withdraw(self) -> None:
        """收回已经看到的。"""
        ...


def well_formed(text: str) -> str:
    """把任意字符串变成合法的 Unicode：成对的代理合为一字，落单的换成 U+FFFD，去掉 NUL。

    JSON、SQLite 与 PostgreSQL 各拒绝其中一种，所以进门时就处理。
    """
    text = text.replace("\x00", "")
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
