"""问一次要用的一切：备好之后，只差带哪些轮。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..conversation.prompt import Preamble
from ..domain import Question, Thinking
from .draft import ChatSettings, Fit, draft_request

if TYPE_CHECKING:
    from ..api.schema import ChatRequest
    from ..conversation.rows import Conversation, StoredTurn


@dataclass(frozen=True, slots=True)
class Inquiry:
    """问一次要用的一切。"""

    question: Question
    conversation: Conversation
    preamble: Preamble
    model: str
    thinking: Thinking
    settings: ChatSettings
    fit: Fit
    older: Sequence[StoredTurn]

    def request(self, turns: Sequence[StoredTurn]) -> ChatRequest:
        """带上这些轮的请求。"""
        return draft_request(
            [*turns, *self.older],
            self.preamble,
            self.question,
            self.model,
            self.thinking,
            self.settings,
        )
