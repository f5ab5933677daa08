"""又快又省的规则与处理。

NoneBot 的规则每次检查开一个任务组、再为每个条件开一个任务，依赖注入又为每个参数开
一个：一条规则要花 0.3 毫秒。群里每条闲聊都要过一遍规则，每个提问都要过一遍处理，
所以这里直接把机器人与事件交给函数。规则看过是什么事，就说由谁处理，不必再看一遍。
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

from nonebot.adapters import Bot, Event
from nonebot.dependencies import Dependent
from nonebot.rule import Rule
from nonebot.typing import T_RuleChecker, T_State

Handling = Callable[[Bot, Event], Awaitable[None]]
Choosing = Callable[[Bot, Event], Handling | None]
"""由谁处理，没有人就是 `None`；同步的函数，什么都不等。"""
_CHOSEN = "_glm_handling"
"""规则选了谁，在响应器的状态里告诉处理。"""


class QuickRule(Rule):
    """有人处理就符合的规则。"""

    __slots__ = ("_choose",)

    def __init__(self, choose: Choosing) -> None:
        super().__init__(self.test)  # 与别的规则相与时，条件还在
        self._choose = choose

    def test(self, bot: Bot, event: Event, state: T_State) -> bool:
        """是否有人处理；有就记下是谁。"""
        state[_CHOSEN] = chosen = self._choose(bot, event)
        return chosen is not None

    async def __call__(
        self, bot: Bot, event: Event, state: T_State, *_: Any, **__: Any
    ) -> bool:
        """用机器人与事件直接得到答案。"""
        return self.test(bot, event, state)

    def __rand__(self, other: Rule | T_RuleChecker | None) -> Rule:
        """`on_message` 先把空的规则与它相与：还是它自己。"""
        if isinstance(other, Rule) and not other.checkers:
            return self
        return super().__rand__(other)


@dataclass(frozen=True, repr=False)
class _QuickHandler(Dependent[None]):
    """不经过依赖注入的处理，只要机器人、事件与状态。"""

    async def __call__(self, **kwargs: Any) -> None:
        """处理一个事件。"""
        handle = cast("Callable[..., Awaitable[None]]", self.call)
        await handle(kwargs["bot"], kwargs["event"], kwargs["state"])


def _handle(bot: Bot, event: Event, state: T_State) -> Awaitable[None]:
    return state[_CHOSEN](bot, event)


quick_handler = _QuickHandler(_handle)
"""交给 `QuickRule` 选的人。"""
