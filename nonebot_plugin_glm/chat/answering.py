"""一个提问怎样得到回答：读窗口、问 GLM、自愈、存下。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from ..domain import Answer, Audience, ConversationKey, Question, Thinking, Turn
from ..exception import (
    AnswerTimeoutError,
    ContentFilteredError,
    ContextTooLongError,
    GLMError,
    InvalidMessagesError,
    StoreError,
)
from .draft import ChatSettings, draft_request, fitting_turns
from .recovery import narrowed

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..conversation.rows import StoredTurn
    from ..conversation.store import Conversation, ConversationStore

BROKEN = "broken"
"""说到一半断了的回答的结束原因。"""


@dataclass(frozen=True, slots=True)
class Written:
    """写出来而还没有存下的回答。"""

    answer: Answer
    window_start: int | None = None
    """窗口从这一轮开始，`None` 为不变"""


class Answerer:
    """回答提问；不管先后，由 ConversationQueue 保证同一会话一次一个。"""

    def __init__(
        self, store: ConversationStore, client: GLMClient, settings: ChatSettings
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._default_model: str | None = None

    async def write(
        self, question: Question, audience: Audience, replaces: int | None
    ) -> Written:
        """得到回答，还没有存下；说到一半断了而有人看到了，就到此为止。

        异常:
            GLMError: 失败，没有人看到什么，历史里也没有留下痕迹
        """
        limit = self._settings.window.turns + 1
        conversation = await self._store.read(question.key, limit)
        try:
            with anyio.fail_after(self._settings.timeout):
                return await self._ask(question, audience, conversation, replaces)
        except TimeoutError:
            error: GLMError = AnswerTimeoutError(self._settings.timeout)
        except GLMError as failure:
            error = failure
        if not audience.seen:
            raise error from None
        if isinstance(error, ContentFilteredError):
            await audience.withdraw()
            raise error from None
        model = await self.model_of(conversation)
        return Written(Answer(audience.written.strip(), model, BROKEN))

    async def save(
        self, question: Question, written: Written, replaces: int | None
    ) -> int | None:
        """存下这一轮，返回它的编号；存不下时是 `None`。"""
        answer = written.answer
        turn = Turn(
            question.text,
            answer.text,
            question.speaker,
            answer.model,
            answer.usage,
            question.referred,
        )
        try:
            # 已经答出来了：这时被中止也等它存完，才知道这个提问算不算失败过
            with anyio.CancelScope(shield=True):
                return await self._store.append(
                    question.key,
                    turn,
                    message_ids=question.message_ids,
                    window_start=written.window_start,
                    replaces=replaces,
                )
        except StoreError:
            return None

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
        self,
        question: Question,
        audience: Audience,
        conversation: Conversation,
        replaces: int | None,
    ) -> Written:
        model = await self.model_of(conversation)
        thinking = self.thinking_of(conversation)
        turns = [t for t in conversation.turns if t.id != replaces]
        turns = fitting_turns(turns, question, model, self._settings)
        older = await self._older(question, turns)
        people = [*(t.turn.speaker for t in turns), question.speaker]
        audience.meet(people, question)

        async def ask(turns: Sequence[StoredTurn]) -> Written:
            sent = [*turns, *older]
            request = draft_request(sent, question, model, thinking, self._settings)
            try:
                answer = await self._client.complete(request, audience)
            except ContentFilteredError as error:
                await self._forget_if_blamed(question.key, error)
                raise
            return Written(answer, _moved(turns, conversation))

        try:
            return await ask(turns)
        except (ContextTooLongError, InvalidMessagesError) as error:
            fewer = narrowed(turns, error)
            if fewer is None or audience.seen:
                raise
        try:
            return await ask(fewer)
        except ContextTooLongError:
            if fewer:  # 否则是提问本身太长，裁掉历史也无益
                await self._store.move_window(question.key, fewer[0].id)
            raise

    async def _older(
        self, question: Question, turns: Sequence[StoredTurn]
    ) -> Sequence[StoredTurn]:
        """提问引用的旧回答若已不在窗口里，把那一轮找回来，放在提问之前。"""
        if not question.referred_id:
            return ()
        found = await self._store.messages.find(question.key, question.referred_id)
        if found is None or not found.own or found.key != question.key:
            return ()
        return () if found.stored in turns else (found.stored,)

    async def _forget_if_blamed(
        self, key: ConversationKey, error: ContentFilteredError
    ) -> None:
        if error.role == "history":
            await self._store.forget(key)


def _moved(turns: Sequence[StoredTurn], conversation: Conversation) -> int | None:
    """窗口改从哪一轮开始；一轮不留时从下一轮开始，没有变时是 `None`。"""
    before = conversation.turns
    if (turns[0].id if turns else None) == (before[0].id if before else None):
        return None
    if turns:
        return turns[0].id
    return before[-1].id + 1
