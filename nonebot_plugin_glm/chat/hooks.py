"""别的插件的钩子：回答之前看提问，回答之后看回答。

钩子出错、太慢，回答照常；日志里只说是哪个钩子、什么异常、在哪一行，没有人说的话。
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TypeVar

import anyio

from ..domain import Answer, Question, well_formed
from ..exception import RefusedError

BeforeAnswer = Callable[[Question], Awaitable[Question | None]]
"""看要问的提问；返回改过的，`None` 是不改。"""
AfterAnswer = Callable[[Question, Answer], Awaitable[None]]
"""看说完了的回答。"""

H = TypeVar("H", bound=Callable[..., object])

HOOK_SECONDS = 30.0
"""一个钩子最多多少秒：它占着会话的队伍，后来的提问都在等。"""


class Hooks:
    """登记了的钩子，依登记的次序。

    参数:
        report: 出错的钩子说给谁听
        seconds: 一个钩子最多多少秒
    """

    def __init__(
        self,
        report: Callable[[str], None] = lambda sentence: None,
        seconds: float = HOOK_SECONDS,
    ) -> None:
        self._report = report
        self._seconds = seconds
        self._before: list[BeforeAnswer] = []
        self._after: list[AfterAnswer] = []

    def add_before(self, hook: BeforeAnswer) -> None:
        """登记一个回答之前的钩子；登记过的不再登记。"""
        _register(self._before, hook)

    def add_after(self, hook: AfterAnswer) -> None:
        """登记一个回答之后的钩子；登记过的不再登记。"""
        _register(self._after, hook)

    async def before(self, question: Question) -> Question:
        """提问依次经过各个钩子，后一个看到的是前一个改过的。

        异常:
            RefusedError: 有一个不许回答
        """
        for hook in tuple(self._before):
            with self._guarded(hook, RefusedError):
                changed = await hook(question)
                question = question if changed is None else _said(question, changed)
        return question

    async def after(self, question: Question, answer: Answer) -> None:
        """回答依次给各个钩子看。"""
        for hook in tuple(self._after):
            with self._guarded(hook):
                await hook(question, answer)

    @contextmanager
    def _guarded(
        self, hook: Callable[..., object], *passing: type[Exception]
    ) -> Iterator[None]:
        try:
            with anyio.fail_after(self._seconds):
                yield
        except passing:
            raise
        except Exception as error:  # 别的插件的代码，什么都可能抛出
            self._report(f"插件的钩子{_described(hook, error)}，回答照常")


def _register(hooks: list[H], hook: H) -> None:
    call = getattr(hook, "__call__", None)  # noqa: B004
    if not (iscoroutinefunction(hook) or iscoroutinefunction(call)):
        raise TypeError("钩子要是 async 函数")
    if hook not in hooks:
        hooks.append(hook)


def _said(question: Question, changed: Question) -> Question:
    """改得了的只有话：会话、说话的人与消息的编号不变。"""
    text = well_formed(changed.text).strip()
    if not text:
        raise ValueError("改成了空的")
    return replace(
        question,
        text=text,
        referred=well_formed(changed.referred),
        overheard=well_formed(changed.overheard),
    )


def _described(hook: Callable[..., object], error: Exception) -> str:
    name = getattr(hook, "__qualname__", type(hook).__qualname__)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name} 第 {last.lineno} 行"
    return f" {hook.__module__}.{name} 出错：{type(error).__name__}，{where}"
