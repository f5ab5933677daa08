"""一个提问从来到走：排队、并入、写、存、说完，随时可以撤回。"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import anyio.lowlevel

from ..domain import Audience, ConversationKey, Question
from ..exception import GLMError, StoppedError
from .answering import Answerer
from .billing import Bill, Billing
from .elsewhere import Elsewhere
from .failed import FailedQuestions
from .hooks import Hooks
from .queue import ConversationQueue
from .recalls import Recalls
from .results import Retriable, Written
from .stops import Stops
from .summaries import Summarizer
from .terms import ORDINARY, Terms
from .ticket import Ticket

if TYPE_CHECKING:
    from ..conversation.store import ConversationStore


class Asking:
    """提问的来与走。"""

    def __init__(
        self,
        store: ConversationStore,
        answerer: Answerer,
        summarizer: Summarizer,
        queue: ConversationQueue,
        billing: Billing,
        hooks: Hooks,
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._summarizer = summarizer
        self._billing = billing
        self._hooks = hooks
        self.queue = queue
        self.failed = FailedQuestions()
        self.recalls = Recalls(store, queue, self.failed)
        self.stops = Stops(queue, store.interruptions)
        self.elsewhere = Elsewhere(store, self.stops, self.recalls)

    async def ask(
        self,
        question: Question,
        audience: Audience,
        replaces: int | None = None,
        terms: Terms = ORDINARY,
    ) -> bool:
        """回答一个提问：存下之后才说完，失败的提问不留痕迹。

        同一个人刚问的还没有人看到回答时，并在那个提问里，立即返回假。

        参数:
            question: 提问
            audience: 看回答的人
            replaces: 重答时取代这一轮
            terms: 怎样算

        异常:
            StoppedError: 被 `/glm stop`、`/glm reset` 或撤回中止
            ClosingError: 正在关机，没有答或没能答完
            QueueFullError: 会话里等着的太多
            DailyQuotaError: 今天的额度用完了
            GLMError: 其他失败
        """
        if self.recalls.cover(question):
            raise StoppedError("已被撤回")
        if replaces is None and not terms.alone and self.queue.join(question):
            return False
        payer = terms.payer or question.speaker
        if not terms.exempt:
            self._billing.quotas.refuse_known(question.key, payer)
        turn = self.queue.turn(question, audience, replaces, alone=terms.alone)
        async with turn as ticket:
            try:
                await self.elsewhere.catch_up()
                bill = self._billing.open(question.key, payer, terms.purpose)
                async with self._billing.charged(bill, exempt=terms.exempt):
                    await self._answer(ticket, bill)
            except anyio.get_cancelled_exc_class():
                if ticket.recalled:
                    with anyio.CancelScope(shield=True):
                        await audience.withdraw()
                raise
        return True

    async def _answer(self, ticket: Ticket, bill: Bill) -> None:
        if ticket.replaces is not None:
            ticket.replaces = await self._replaceable(ticket.question, ticket.replaces)
        try:
            question, written = await self._written(ticket, bill)
        except GLMError:
            if not ticket.alone:
                self.failed.remember(Retriable(ticket.question, ticket.replaces))
            raise
        if written.broken_by is None:
            bill.answered(written.answer)
        elif ticket.alone:
            raise written.broken_by
        turn_id = await self._answerer.save(question, written, ticket.replaces, bill)
        bill.paid = turn_id is not None
        self.failed.forget(question.key)
        # 恰在存完的一刻被中止：取消要到下一个等待点才来，而那时话已经说出去了
        await anyio.lowlevel.checkpoint_if_cancelled()
        answer = written.answer
        if turn_id is None:
            answer = replace(answer, saved=False)
        await ticket.audience.finish(answer)
        if turn_id is not None:
            self._store.messages.note(turn_id, ticket.audience.sent)
            if written.fold is not None:
                self._summarizer.start(question.key, written.fold, written.model)
        await self._hooks.after(question, answer)

    async def _written(self, ticket: Ticket, bill: Bill) -> tuple[Question, Written]:
        """写到提问不再变为止：中途并入或撤回了一句，就从头再写。"""
        while True:
            question = ticket.question
            async with ticket.attempt():
                asked = await self._hooks.before(question)
                written = await self._answerer.write(
                    asked, ticket.audience, ticket.replaces, bill
                )
                # 取消可能来不及打断最后一步：话并了进来就还得再写
                if ticket.question == question:
                    ticket.settled = True
                    return asked, written
                bill.waste(written.answer.model, written.answer.usage)

    async def retriable(self, key: ConversationKey) -> Retriable | None:
        """最后一个提问：刚失败的，或最后一轮的。"""
        if (failed := self.failed.get(key)) is not None:
            return failed
        if (last := await self._store.last(key)) is None:
            return None
        turn = last.turn
        question = Question(key, turn.speaker, turn.question, referred=turn.referred)
        return Retriable(question, last.id)

    async def _replaceable(self, question: Question, turn_id: int) -> int:
        """轮到重答时该取代哪一轮：两个人同时要重答，后一个取代的是前一个的。"""
        last = await self._store.last(question.key)
        return last.id if last and last.turn.question == question.text else turn_id
