"""FakeClient：按剧本回答的 GLM，不上网。"""

from __future__ import annotations

import asyncio
from collections import deque

from nonebot_plugin_glm.api.client import GLMClient, WasteReport
from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.api.tools import Reply
from nonebot_plugin_glm.domain import Answer, Reader, Usage
from nonebot_plugin_glm.exception import GLMError

Line = str | GLMError
"""一个答复：文字，或异常。"""


class FakeClient(GLMClient):
    """按剧本回答；剧本用完就复述最后一句。

    `gate` 合上时每个请求都等着；`entered` 在有请求等着时放下。
    """

    def __init__(self, *replies: Line) -> None:
        self.requests: list[ChatRequest] = []
        self.partial = ""
        self.reported = ""
        self.wasted = Usage()
        self.script: deque[Line] = deque(replies)
        self.gate = asyncio.Event()
        self.gate.set()
        self.entered = asyncio.Event()
        self.in_flight = 0
        self.most_in_flight = 0
        self.cancelled = 0
        self.closed = False

    @property
    def questions(self) -> list[str]:
        """每个请求的最后一句。"""
        return [request.messages[-1].content for request in self.requests]

    def hold(self) -> None:
        """让之后的请求都等着。"""
        self.gate.clear()
        self.entered.clear()

    async def busy_with(self, count: int) -> None:
        """等到有这么多请求在途。"""
        while self.in_flight < count:
            self.entered.clear()
            await asyncio.wait_for(self.entered.wait(), 5)

    async def reply(
        self,
        request: ChatRequest,
        reader: Reader | None = None,
        on_waste: WasteReport = lambda model, usage: None,
    ) -> Reply:
        """答一次；异常之前先写出 `partial`，花掉 `wasted`。"""
        if reader:
            reader.restart()
        self.requests.append(request)
        reply = self.script.popleft() if self.script else ""
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        self.entered.set()
        try:
            await asyncio.sleep(0)
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1
        if isinstance(reply, GLMError):
            if reader and self.partial:
                reader.read(self.partial)
            if self.wasted != Usage():
                on_waste(request.model, self.wasted)
            raise reply
        text = reply or f"答：{request.messages[-1].content}"
        if reader:
            reader.read(text)
        model = self.reported or request.model
        return Reply(Answer(text, model, usage=Usage(1, 0, 1)))

    async def check(self) -> None:
        """密钥总是有效，除非剧本里有异常。"""
        if self.script and isinstance(error := self.script.popleft(), GLMError):
            raise error

    async def aclose(self) -> None:
        """关上。"""
        self.closed = True
