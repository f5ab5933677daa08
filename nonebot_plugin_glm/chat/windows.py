"""带哪些轮：照各模型的权重估计大小，再由报告的用量修正。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..api.models import model_info
from ..api.schema import ChatRequest
from ..conversation.prompt import Preamble, build_messages, prompt_shape
from ..conversation.summary import Fold
from ..conversation.tokens import Shape, TokenScale, TokenScales
from ..domain import Answer, ConversationKey, Question
from .draft import ChatSettings, Fit, fit_window

if TYPE_CHECKING:
    from ..conversation.rows import Conversation, StoredTurn


class Windows:
    """各会话的窗口怎样取；`shape` 是提示的样子，一个请求只量一次。"""

    def __init__(self) -> None:
        self._scales = TokenScales()

    def fit(
        self,
        turns: Sequence[StoredTurn],
        preamble: Preamble,
        question: Question,
        model: str,
        settings: ChatSettings,
    ) -> Fit:
        """窗口里留下的轮。"""
        scale = self._scales.of(model)
        if not scale.learnt:
            _recall(scale, question.key, turns, preamble, model)
        info = model_info(model)
        return fit_window(turns, preamble, question, settings, info, scale)

    def sized(self, request: ChatRequest, shape: Shape) -> ChatRequest:
        """写上提示估计有多大：后备装不装得下要看它。"""
        tokens = self._scales.of(request.model).estimate(shape)
        return replace(request, prompt_tokens=tokens)

    def learn(self, request: ChatRequest, shape: Shape, answer: Answer) -> None:
        """一个请求实际用了多少。"""
        # 自报的名字可能与问的不同；后备答的是后备的用量
        model = answer.model if answer.fallback else request.model
        self._scales.of(model).learn(shape, answer.usage.prompt_tokens)


def _recall(
    scale: TokenScale,
    key: ConversationKey,
    turns: Sequence[StoredTurn],
    preamble: Preamble,
    model: str,
) -> None:
    """刚启动时从存下的最后一轮学起：它的提示就是窗口里它之前的各轮。"""
    last = turns[-1].turn if turns else None
    if last is None or last.model != model or not last.usage.prompt_tokens:
        return
    earlier = [stored.turn for stored in turns[:-1]]
    messages = build_messages(preamble, key.scope, earlier, last)
    scale.learn(prompt_shape(messages), last.usage.prompt_tokens)


def fold_due(conversation: Conversation, fit: Fit) -> Fold | None:
    """该折进摘要的一段：快装不下的，或离开了窗口而还没有摘要的。"""
    before = fit.stay_from or conversation.window_start
    if before <= conversation.summarized:
        return None
    return Fold(conversation.summarized, before, conversation.summary)


def moved(turns: Sequence[StoredTurn], conversation: Conversation) -> int | None:
    """窗口改从哪一轮开始；一轮不留时从下一轮开始，没有变时是 `None`。"""
    before = conversation.turns
    if (turns[0].id if turns else None) == (before[0].id if before else None):
        return None
    if turns:
        return turns[0].id
    return before[-1].id + 1
