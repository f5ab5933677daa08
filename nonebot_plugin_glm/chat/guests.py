"""别的插件怎样看回答：要一个完整的，或者一段段地拿。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import anyio

from ..domain import Answer, Audience, Question, Speaker

Ask = Callable[[Audience], Awaitable[object]]
"""问一次，回答给这个人看。"""


async def whole(ask: Ask) -> Answer:
    """问一次，得到完整的回答；等的人被取消，提问就中止。

    异常:
        GLMError: 失败
    """
    guest = _Guest()
    async with _asked(ask, guest):
        pass
    assert guest.answer is not None
    return guest.answer


async def pieces(ask: Ask) -> AsyncGenerator[str, None]:
    """问一次，一段段地得到回答；提前关上就中止提问。

    拿得慢，攒下的就并成一段；最后一段要等存好了才给，所以读完了的一定在历史里。

    异常:
        GLMError: 失败，可能在给出若干段之后
    """
    reader = _Pieces()
    async with _asked(ask, reader) as task:
        task.add_done_callback(lambda _: reader.close())
        while piece := await reader.next():
            yield piece


class _Guest:
    """只要完整的回答：写到一半的看不到，所以失败了总可以从头再来。"""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.sent: tuple[str, ...] = ()

    @property
    def seen(self) -> bool:
        """是否看到了一部分。"""
        return False

    @property
    def written(self) -> str:
        """至今写出的。"""
        return ""

    def meet(self, people: Iterable[Speaker], question: Question) -> None:
        """程序不必知道有哪些人。"""

    def restart(self) -> None:
        """从头再写。"""

    def read(self, text: str) -> None:
        """又写出了一段。"""

    async def finish(self, answer: Answer) -> None:
        """收下。"""
        self.answer = answer

    async def withdraw(self) -> None:
        """给出去的收不回；异常会告诉他。"""


class _Pieces(_Guest):
    """一段段地拿。"""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._handed = 0
        """给出去了多少字"""
        self._ready = 0
        """可以给到第几个字：写出的最后一段还要压着"""
        self._closed = False
        self._news = asyncio.Event()

    @property
    def seen(self) -> bool:
        return self._handed > 0

    @property
    def written(self) -> str:
        return self._text

    def restart(self) -> None:
        self._text, self._ready = "", 0

    def read(self, text: str) -> None:
        self._ready = len(self._text)
        self._text = (self._text + text).lstrip()
        self._news.set()

    async def finish(self, answer: Answer) -> None:
        handed, text = self._text[: self._handed], answer.text
        # 补上了开头的思考：那一段收不回来，只好空一行再给真的回答
        agrees = text.startswith(handed.rstrip())
        self._text = handed + (text[self._handed :] if agrees else f"\n\n{text}")
        self._ready = len(self._text)
        self._news.set()

    def close(self) -> None:
        """不会再写了。"""
        self._closed = True
        self._news.set()

    async def next(self) -> str:
        """下一段，没有了是空串。"""
        while self._handed == self._ready and not self._closed:
            self._news.clear()
            await self._news.wait()
        piece = self._text[self._handed : self._ready]
        self._handed = self._ready
        return piece


@asynccontextmanager
async def _asked(ask: Ask, guest: _Guest) -> AsyncIterator[asyncio.Task[None]]:
    """另起任务去问，离开时问完；中途离开就中止它，等它退出。

    用 anyio 的取消来中止：正在存的那一轮会存完，账也恰好记一次。
    """
    scope = anyio.CancelScope()

    async def work() -> None:
        with scope:
            await ask(guest)

    task = asyncio.create_task(work())
    try:
        yield task
        await asyncio.wait({task})
    finally:
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
    task.result()
