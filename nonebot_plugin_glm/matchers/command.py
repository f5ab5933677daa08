"""一个子命令是什么：怎么写、做什么、谁能用；解析、帮助与 README 都由它而来。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from arclet.alconna import Args, Option

from .call import Call

MANAGER = "私聊里本人；群共用的历史由群主、管理员、超级用户；各成员的历史由本人"
ASKER = "提问的人；群主、管理员、超级用户"
NOTER = "说出它的人；群主、管理员、超级用户"
PLACE_MANAGER = "私聊里本人；群里的群主、管理员、超级用户"
GROUP_ADMINS = "群主、管理员、超级用户"
SUPERUSERS = "超级用户"
EVERYONE = "所有人"


@dataclass(frozen=True, slots=True)
class Entry:
    """一种写法的说明。"""

    usage: str
    effect: str
    who: str


@dataclass(frozen=True, slots=True)
class Command:
    """一个子命令。"""

    name: str
    run: Callable[[Call], Awaitable[None]]
    entries: tuple[Entry, ...]
    arguments: Args = field(default_factory=Args)
    options: tuple[Option, ...] = ()
    free: bool = False
    """后面的话原样交给它（`Call.tail`），不当参数解析"""


@dataclass(frozen=True, slots=True)
class Topic:
    """一类子命令。"""

    title: str
    commands: tuple[Command, ...]
