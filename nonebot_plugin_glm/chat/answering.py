"""一个提问怎样得到回答：读窗口、问 GLM、自愈、存下。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio

from ..domain import Answer, ConversationKey, Question, Thinking, Turn
from ..exception import (
    AnswerTimeoutError,
    ContentFilteredError,
    ContextTooLongError,
    InvalidMessagesError,
    StoreError,
)
from .draft import ChatSettings, draft_request, fitting_turns
from .recovery import narrowed

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..conversation.rows import StoredTurn
    from ..conversation.store import Conversation, ConversationStore


class Answerer:
    """回答提问；不管先后，由 ConversationQueue 保证同一会话一次一个。"""

    def __init__(
        self, store: ConversationStore, client: GLMClient, settings: ChatSettings
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._default_model: str | None = None

    async def answer(self, question: Question, replaces: int | None) -> Answer:
        """得到回答并存下这一轮；存不下的回答 `saved` 为假。

        异常:
            GLMError: 失败，历史里没有留下痕迹
        """
        limit = self._settings.window.turns + 1
        conversation = await self._store.read(question.key, limit)
        try:
            with anyio.fail_after(self._settings.timeout):
                turns, answer = await self._ask(question, conversation, replaces)
        except TimeoutError:
            raise AnswerTimeoutError(self._settings.timeout) from None
        moved = _first_id(turns) != _first_id(conversation.turns)
        return await self._save(
            question,
            answer,
            window_start=_start_of(turns, conversation) if moved else None,
            replaces=replaces,
        )

    async def model_of(self, conversation: Conversation) -> str:
        """会话用的模型：为它选的、全局设的、配置里的，依次取第一个。"""
        if conversation.model:
            return conversation.model
        if self._default_model is None:
            chosen = await self._store.default_model()
            self._default_model = chosen or self._settings.model
        return self._default_model

    def thinking_of(self, conversation: Conversation) -> Thinking:
        """会话用的思考方式。"""
        return conversation.thinking or self._settings.thinking

    async def set_default_model(self, model: str | None) -> None:
        """设置默认模型，`None` 为回到配置里的。"""
        await self._store.set_default_model(model)
        self._default_model = model

    async def _ask(
        self, question: Question, conversation: Conversation, replaces: int | None
    ) -> tuple[Sequence[StoredTurn], Answer]:
        model = await self.model_of(conversation)
        thinking = self.thinking_of(conversation)
        turns = [t for t in conversation.turns if t.id != replaces]
        turns = fitting_turns(turns, question, model, self._settings)

        async def ask(turns: Sequence[StoredTurn]) -> Answer:
            request = draft_request(turns, question, model, thinking, self._settings)
            try:
                return await self._client.complete(request)
            except ContentFilteredError as error:
                await self._forget_if_blamed(question.key, error)
                raise

        try:
            return turns, await ask(turns)
        except (ContextTooLongError, InvalidMessagesError) as error:
            fewer = narrowed(turns, error)
            if fewer is None:
                raise
        try:
            return fewer, await ask(fewer)
        except ContextTooLongError:
            if fewer:  # 否则是提问本身太长，裁掉历史也无益
                await self._store.move_window(question.key, fewer[0].id)
            raise

    async def _forget_if_blamed(
        self, key: ConversationKey, error: ContentFilteredError
    ) -> None:
        if error.role == "history":
            await self._store.forget(key)

    async def _save(
        self,
        question: Question,
        answer: Answer,
        *,
        window_start: int | None,
        replaces: int | None,
    ) -> Answer:
        turn = Turn(
            question.text, answer.text, question.speaker, answer.model, answer.usage
        )
        try:
            # 已经答出来了：这时被中止也等它存完，才知道这个提问算不算失败过
            with anyio.CancelScope(shield=True):
                await self._store.append(
                    question.key, turn, window_start=window_start, replaces=replaces
                )
        except StoreError:
            return replace(answer, saved=False)
        return answer


def _first_id(turns: Sequence[StoredTurn]) -> int | None:
    return turns[0].id if turns else None


def _start_of(turns: Sequence[StoredTurn], conversation: Conversation) -> int:
    """窗口从哪一轮开始；一轮不留时从下一轮开始。"""
    if turns:
        return turns[0].id
    return conversation.turns[-1].id + 1 if conversation.turns else 0
