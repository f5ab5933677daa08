"""一个提问怎样得到回答：读窗口、问 GLM、自愈、存下。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from ..conversation.noting import Note
from ..conversation.prompt import Preamble, prompt_shape
from ..domain import Answer, Audience, ConversationKey, Question, Turn
from ..exception import (
    AnswerTimeoutError,
    ContentFilteredError,
    ContextTooLongError,
    GLMError,
    InvalidMessagesError,
    StoreError,
)
from .draft import ChatSettings
from .inquiry import Inquiry
from .note_taking import NoteTaker
from .recovery import narrowed
from .results import BROKEN, Written
from .tools import converse
from .windows import Windows, fold_due, moved

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..conversation.rows import Conversation, StoredTurn
    from ..conversation.store import ConversationStore
    from .billing import Bill
    from .personas import Personas


class Answerer:
    """回答提问；不管先后，由 ConversationQueue 保证同一会话一次一个。"""

    def __init__(
        self,
        store: ConversationStore,
        client: GLMClient,
        settings: Callable[[], ChatSettings],
        personas: Personas,
    ) -> None:
        self._store = store
        self._client = client
        self._settings = settings
        self._personas = personas
        self._windows = Windows()

    async def write(
        self, question: Question, audience: Audience, replaces: int | None, bill: Bill
    ) -> Written:
        """得到回答，还没有存下；说到一半断了而有人看到了，就到此为止。

        没有用上的请求记在 `bill` 上。

        异常:
            GLMError: 失败，没有人看到什么，历史里也没有留下痕迹
        """
        settings = self._settings()
        conversation = await self._store.read(question.key, settings.window.turns + 1)
        try:
            with anyio.fail_after(settings.timeout):
                inquiry = await self._inquiry(
                    question, conversation, replaces, settings
                )
                return await self._ask(inquiry, audience, bill)
        except TimeoutError:
            error: GLMError = AnswerTimeoutError(settings.timeout)
        except GLMError as failure:
            error = failure
        if not audience.seen:
            raise error from None
        if isinstance(error, ContentFilteredError):
            await audience.withdraw()
            raise error from None
        model = conversation.model or settings.model
        half = Answer(audience.written.strip(), model, BROKEN)
        return Written(half, model, broken_by=error)

    async def save(
        self, question: Question, written: Written, replaces: int | None, bill: Bill
    ) -> int | None:
        """存下这一轮，连同它的账，返回它的编号；存不下时是 `None`。"""
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
                    notes=[Note(text, question.speaker.id) for text in answer.noted],
                    expenses=bill.expenses,
                    payer=bill.payer,
                )
        except StoreError:
            return None

    async def _inquiry(
        self,
        question: Question,
        conversation: Conversation,
        replaces: int | None,
        settings: ChatSettings,
    ) -> Inquiry:
        """备好问一次要用的一切。"""
        model = conversation.model or settings.model
        prompt = await self._personas.prompt(
            question, conversation.persona, settings.system_prompt
        )
        if prompt.timed:
            question = self._personas.dated(question)
        summary = "" if settings.summary_model is None else conversation.summary
        preamble = Preamble(prompt.text, conversation.notes, summary)
        turns = conversation.turns
        if replaces is not None:
            turns = tuple(turn for turn in turns if turn.id != replaces)
        fit = self._windows.fit(turns, preamble, question, model, settings)
        older = await self._older(question, fit.turns)
        thinking = conversation.thinking or settings.thinking
        return Inquiry(
            question, conversation, preamble, model, thinking, settings, fit, older
        )

    async def _ask(self, inquiry: Inquiry, audience: Audience, bill: Bill) -> Written:
        """问到答成为止：太长、序列不被接受时带着更少的轮再问一次。"""
        turns, key = inquiry.fit.turns, inquiry.question.key
        speakers = [stored.turn.speaker for stored in turns]
        audience.meet([*speakers, inquiry.question.speaker], inquiry.question)
        try:
            return await self._once(inquiry, turns, audience, bill)
        except (ContextTooLongError, InvalidMessagesError) as error:
            fewer = narrowed(turns, error)
            if fewer is None or audience.seen:
                raise
        try:
            return await self._once(inquiry, fewer, audience, bill)
        except ContextTooLongError:
            if fewer:  # 否则是提问本身太长，裁掉历史也无益
                await self._store.move_window(key, fewer[0].id)
            raise

    async def _once(
        self,
        inquiry: Inquiry,
        turns: Sequence[StoredTurn],
        audience: Audience,
        bill: Bill,
    ) -> Written:
        question, conversation = inquiry.question, inquiry.conversation
        request = inquiry.request(turns)
        shape = prompt_shape(request.messages)
        request = self._windows.sized(request, shape)
        taker = NoteTaker(question, conversation.notes)
        tools = [taker] if inquiry.settings.auto_memory else []
        try:
            ask = partial(self._client.reply, on_waste=bill.waste)
            answer = await converse(ask, request, audience, tools, bill.waste)
        except ContentFilteredError as error:
            await self._forget_if_blamed(question.key, error)
            raise
        if not taker.asked:  # 最后一个回合的提示里还有工具的来回
            self._windows.learn(request, shape, answer)
        if taker.noted:
            answer = replace(answer, noted=tuple(n.text for n in taker.noted))
        fold = fold_due(conversation, inquiry.fit)
        return Written(answer, inquiry.model, moved(turns, conversation), fold)

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
