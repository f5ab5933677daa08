"""由设置、历史与提问拟出一次请求：纯函数。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from ..api.schema import ChatRequest
from ..conversation.prompt import Preamble, build_messages, user_content
from ..conversation.tokens import TokenScale, shape_of
from ..conversation.window import WindowLimits, turns_to_drop
from ..domain import (
    ConversationKey,
    Place,
    Question,
    Scope,
    Thinking,
    Turn,
    place_of,
)

if TYPE_CHECKING:
    from ..api.models import ModelInfo
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
    summary_model: str | None = None
    """用哪个模型写摘要，空串为会话自己的模型，`None` 为不写摘要"""
    auto_memory: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """窗口里留下的轮。"""

    turns: Sequence[StoredTurn]
    stay_from: int | None = None
    """快装满了：这一轮之前的该折进摘要；`None` 为还不用"""


def fit_window(
    turns: Sequence[StoredTurn],
    preamble: Preamble,
    question: Question,
    settings: ChatSettings,
    info: ModelInfo,
    scale: TokenScale,
) -> Fit:
    """窗口里留下的轮：不超过设置的上限，也不超过模型装得下的。"""
    scope = question.key.scope
    asked = _texts(as_turn(question), scope, question.overheard)
    room = info.context - scale.estimate(shape_of(preamble.text(scope), *asked))
    room -= settings.max_tokens or ANSWER_ROOM
    limits = WindowLimits(
        settings.window.turns, max(0, min(settings.window.tokens, room))
    )
    texts = [_texts(stored.turn, scope) for stored in turns]
    whole = scale.estimate(shape_of(*chain.from_iterable(texts)))
    if limits.nearly().holds(len(turns), whole):
        return Fit(turns)
    sizes = [scale.estimate(shape_of(*pair)) for pair in texts]
    kept = turns[turns_to_drop(sizes, limits) :]
    staying = turns[turns_to_drop(sizes, limits.nearly()) :]
    return Fit(kept, staying[0].id if len(staying) < len(turns) and staying else None)


def whose(key: ConversationKey) -> ConversationKey | Place:
    """会话的请求算谁家的：私聊各算一家，群不论是谁问的都算一家。"""
    return key if key.scope is Scope.PRIVATE else place_of(key)


def as_turn(question: Question) -> Turn:
    """尚无回答的一轮。"""
    return Turn(question.text, "", question.speaker, referred=question.referred)


def _texts(turn: Turn, scope: Scope, overheard: str = "") -> tuple[str, str]:
    asked = user_content(turn, labelled=scope is Scope.GROUP, overheard=overheard)
    return asked, turn.answer


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
        as_turn(question),
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
        whose=whose(key),
    )
