"""又快又省的规则与处理。

NoneBot 的规则每次检查开一个任务组、再为每个条件开一个任务，依赖注入又为每个参数开
一个：一条规则要花 0.3 毫秒。群里每条闲聊都要过一遍规则，每个提问都要过一遍处理，
所以这里直接把机器人与事件交给函数。
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from nonebot.adapters import Bot, Event
from nonebot.dependencies import Dependent
from nonebot.rule import Rule
from nonebot.typing import T_RuleChecker

Test = Callable[[Bot, Event], bool]
Handling = Callable[[Bot, Event], Awaitable[None]]


class QuickRule(Rule):
    """只有一个条件的规则：同步的函数，什么都不等。"""

    __slots__ = ("_test",)

    def __init__(self, test: Test) -> None:
        super().__init__(test)  # 与别的规则相与时，条件还在
        self._test = test

    async def __call__(self, bot: Bot, event: Event, *_: Any, **__: Any) -> bool:
        """用机器人与事件直接得到答案。"""
        return self._test(bot, event)

    def __rand__(self, other: Rule | T_RuleChecker | None) -> Rule:
        """`on_message` 先把空的规则与它相与：还是它自己。"""
        if isinstance(other, Rule) and not other.checkers:
            return self
        return super().__rand__(other)


@dataclass(frozen=True, repr=False)
class QuickHandler(Dependent[None]):
    """不经过依赖注入的处理，只要机器人与事件。"""

    async def __call__(self, **kwargs: Any) -> None:
        """处理一个事件。"""
        await cast("Handling", self.call)(kwargs["bot"], kwargs["event"])
