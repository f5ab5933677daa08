"""把一段段到来的合成一个回合，思考不在其中。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..domain import Answer, Reader, Usage, well_formed
from ..exception import EmptyAnswerError, ProtocolError
from .delta import Delta
from .schema import ChatRequest
from .thinking import ThinkingFilter, without_thinking
from .tools import Reply, ToolCall, merged_calls

WasteReport = Callable[[str, Usage], None]
"""没有答成而报了用量的每个请求都告诉它：模型与用量。"""

_UNREADABLE = "\ufffd"
"""不合法的 UTF-8 解出来的字。"""


async def collect(
    receive: Callable[[Callable[[Delta], None]], Awaitable[None]],
    request: ChatRequest,
    reader: Reader | None,
    on_waste: WasteReport,
) -> Reply:
    """合成一个回合，边收边给人看。

    参数:
        receive: 去问，每一段都交给它的参数
        request: 请求
        reader: 边写边看的人
        on_waste: 没有答成而报了用量时告诉它

    异常:
        EmptyAnswerError: 既没有话，也没有要用的工具
        ProtocolError: 一个字也读不懂
    """
    gathering = _Gathering(request, reader)
    answered = False
    try:
        await receive(gathering.add)
        reply = gathering.reply()
        answered = True
    finally:
        if not answered and gathering.usage != Usage():
            on_waste(gathering.model, gathering.usage)
    return reply


class _Gathering:
    """收到的各段。"""

    def __init__(self, request: ChatRequest, reader: Reader | None) -> None:
        self._request = request
        self._reader = reader
        self._thinking = ThinkingFilter()
        self._parts: list[str] = []
        self._reasoning: list[str] = []
        self._called: list[ToolCall] = []
        self.model = request.model
        self.usage = Usage()
        self._finish = "stop"
        if reader:
            reader.restart()

    def add(self, delta: Delta) -> None:
        """又到了一段。"""
        self._parts.append(delta.text)
        if self._request.tools:
            self._called += delta.calls
            self._reasoning.append(delta.reasoning)
        if self._reader and (text := self._thinking.feed(delta.text)):
            self._reader.read(well_formed(text))
        self.model = delta.model or self.model
        self.usage = delta.usage or self.usage
        self._finish = delta.finish or self._finish

    def reply(self) -> Reply:
        """到齐了。"""
        text = without_thinking(well_formed("".join(self._parts))).strip()
        calls = merged_calls(self._called)
        # 话在用工具之前已经说完了，之后可以没有
        if not (text or calls or any(done.text for done in self._request.rounds)):
            raise EmptyAnswerError(self._finish)
        # 夹着几个坏字节的回答照收，丢了更可惜
        if text and not text.replace(_UNREADABLE, "").strip():
            raise ProtocolError("回答里没有读得懂的字")
        thought = well_formed("".join(self._reasoning)) if calls else ""
        answer = Answer(text, self.model, self._finish, self.usage)
        return Reply(answer, calls, thought)
