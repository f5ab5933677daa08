"""账上的值：一笔账、谁的账、一天的合计、合计的各项。"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ..domain import Place, Speaker, Usage

CHAT, PLUGIN, SUMMARY, FAILED = "chat", "plugin", "summary", "failed"
"""为了什么：答成的提问、答成的别的插件的提问、后台写摘要、报了用量而没有答成的。"""
NOBODY = Speaker("")
"""不算谁的：不是人问的，或机器人自己要说的。"""


@dataclass(frozen=True, slots=True)
class Expense:
    """一笔账：一次请求用了多少。"""

    purpose: str
    model: str
    usage: Usage
    cost: int
    """百万分之一元"""


class Kind(str, Enum):
    """账与额度是谁的。"""

    USER = "user"
    GROUP = "group"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Account:
    """账户：一个人（不论在哪个群、经哪个机器人账号）、一个群，或所有人。"""

    kind: Kind
    platform: str = ""
    bot_id: str = ""
    identity: str = ""

    @classmethod
    def user(cls, platform: str, user_id: str) -> Account:
        """一个人。"""
        return cls(Kind.USER, platform, "", user_id)

    @classmethod
    def group(cls, place: Place) -> Account:
        """一个群。"""
        return cls(Kind.GROUP, *place)


EVERYONE = Account(Kind.TOTAL)
"""所有人。"""


@dataclass(frozen=True, slots=True)
class Sums:
    """一个账户一天的合计。"""

    requests: int = 0
    """答成了几次提问；没有答成的、后台写摘要的不算"""
    tokens: int = 0
    cost: int = 0
    """百万分之一元"""
    lifted: bool = False
    """这一天放开了额度"""

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.requests + other.requests,
            self.tokens + other.tokens,
            self.cost + other.cost,
            self.lifted or other.lifted,
        )


class By(str, Enum):
    """账怎样分项。"""

    DAY = "day"
    MODEL = "model"
    USER = "user"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Tally:
    """分项之一的合计。"""

    identity: str
    """日子、模型、号码或群号；不算谁的、私聊里的是空串"""
    name: str
    """人最近用的名字；不在哪个平台上的，是谁在问；别的是空串"""
    requests: int
    """答成了几次提问"""
    usage: Usage
    cost: int
    """百万分之一元"""
