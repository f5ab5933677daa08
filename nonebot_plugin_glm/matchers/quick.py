"""又快又省的规则与处理。

NoneBot 的依赖注入为每个参数开一个任务组，一条规则要花 0.3 毫秒；群里每条闲聊都要
过一遍规则，每个提问都要过一遍处理，所以这里直接把机器人与事件交给函数。
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from nonebot.adapters import Bot, Event
from nonebot.dependencies import Dependent
from nonebot.rule import Rule

Test = Callable[[Bot, Event], bool]
Handling = Callable[[Bot, Event], Awaitable[None]]


@dataclass(frozen=True, repr=False)
class QuickCheck(Dependent[bool]):
    """不经过依赖注入的检查。"""

    async def __call__(self, **kwargs: Any) -> bool:
        """用机器人与事件直接得到答案，什么都不等。"""
        return cast("Test", self.call)(kwargs["bot"], kwargs["event"])


def quick_rule(test: Test) -> Rule:
    """由同步的函数得到规则。"""
    return Rule(QuickCheck(test))


@dataclass(frozen=True, repr=False)
class QuickHandler(Dependent[None]):
    """不经过依赖注入的处理，只要机器人与事件。"""

    async def __call__(self, **kwargs: Any) -> None:
        """处理一个事件。"""
        await cast("Handling", self.call)(kwargs["bot"], kwargs["event"])
