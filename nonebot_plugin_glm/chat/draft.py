"""由设置、历史与提问拟出一次请求：纯函数。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..api.models import model_info
from ..api.schema import ChatRequest
from ..conversation.prompt import Preamble, build_messages
from ..conversation.window import (
    WindowLimits,
    estimate_tokens,
    turn_tokens,
    turns_to_drop,
)
from ..domain import Question, Scope, Thinking, Turn, place_of

if TYPE_CHECKING:
    from ..conversation.rows import StoredTurn

ANSWER_ROOM = 4096
"""没有设置 `max_tokens` 时为回答留出的 token。"""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """问 GLM 的方式；各项的含义见 Config 里同名的 `GLM_*`。"""

    model: str
    system_prompt: str
    window: WindowLimits
    thinking: Thinking = Thinking.OFF
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stream: bool = True
    timeout: float = 180.0


def fitting_turns(
    turns: Sequence[StoredTurn],
    preamble: Preamble,
    question: Question,
    model: str,
    settings: ChatSettings,
) -> Sequence[StoredTurn]:
    """窗口里留下的轮：不超过设置的上限，也不超过模型装得下的。"""
    system = preamble.text(question.key.scope)
    texts = (system, question.overheard, question.referred)
    needed = sum(map(estimate_tokens, (*texts, question.text)))
    room = model_info(model).context - needed - (settings.max_tokens or ANSWER_ROOM)
    limits = WindowLimits(
        settings.window.turns, max(0, min(settings.window.tokens, room))
    )
    sizes = [turn_tokens(stored.turn) for stored in turns]
    return turns[turns_to_drop(sizes, limits) :]


def draft_request(
    turns: Sequence[StoredTurn],
    preamble: Preamble,
    question: Question,
    model: str,
    thinking: Thinking,
    settings: ChatSettings,
) -> ChatRequest:
    """拟出请求。"""
    key = question.key
    messages = build_messages(
        preamble,
        key.scope,
        [stored.turn for stored in turns],
        Turn(question.text, "", question.speaker, referred=question.referred),
        question.overheard,
    )
    return ChatRequest(
        model=model,
        messages=messages,
        thinking=thinking,
        temperature=settings.temperature,
        top_p=settings.top_p,
        max_tokens=settings.max_tokens,
        stream=settings.stream,
        prompt_tokens=sum(estimate_tokens(message.content) for message in messages),
        # 私聊各算一家，群不论是谁问的都算一家
        whose=key if key.scope is Scope.PRIVATE else place_of(key),
    )
