"""对自己的话的权利：取出一份，抹去一切；过期的不留。"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..conversation.accounts import Account
from ..conversation.traces import Person, Traces
from ..domain import ConversationKey, Question
from ..exception import StoreError
from .results import Forgotten

if TYPE_CHECKING:
    from ..conversation.exporting import Record
    from ..conversation.records import Records
    from .asking import Asking
    from .quota import Quotas
    from .summaries import Summarizer

MOST_TURNS = 10_000
"""一次最多取出多少轮：文件再大，聊天里就发不出去了。"""


class Rights:
    """存着的话归说它的人；失败时抛 StoreError。"""

    def __init__(
        self,
        records: Records,
        asking: Asking,
        summarizer: Summarizer,
        quotas: Quotas,
    ) -> None:
        self._records = records
        self._asking = asking
        self._summarizer = summarizer
        self._quotas = quotas

    async def export(self, key: ConversationKey) -> Record:
        """取出一个会话。"""
        return await self._records.read(key, MOST_TURNS)

    async def forget(self, person: Person) -> Forgotten:
        """抹去一个人；他在途的提问一律中止，晚到的回答不会留下。

        别人正在问的若可能带着他的话，等它答完再抹；还在排队的，就从提问里去掉。
        """
        queue, traces = self._asking.queue, Traces(person.id)

        def clean(question: Question) -> Question:
            return _clean(question, person, traces)

        def concerns(question: Question) -> bool:
            return _asker(question) == person or clean(question) != question

        stopped = await self._asking.stops.person(person.platform, person.id)
        kept = await self._records.conversations_of(person)
        queue.change(clean)
        async with queue.alone([*kept, *queue.asking(concerns)]):
            queue.change(clean)
            self._asking.failed.forget_all(lambda f: concerns(f.question))
            await self._summarizer.cancel()  # 在写的摘要里也许有他的话
            await self._quotas.carry(Account.user(person.platform, person.id))
            erased = await self._records.erase(person)
        return Forgotten(erased.turns, erased.notes, stopped, await self._scrubbed())

    async def expire(self, before: float) -> int:
        """忘记 `before`（Unix 秒）之前的轮，返回忘记了几轮。"""
        return await self._records.expire(before)

    async def _scrubbed(self) -> bool:
        try:
            await self._records.scrub()
        except StoreError:
            return False
        return True


def _asker(question: Question) -> Person:
    return Person(question.key.platform, question.speaker.id)


def _clean(question: Question, person: Person, traces: Traces) -> Question:
    """同一个平台上的提问里不再有他。"""
    if question.key.platform != person.platform:
        return question
    return replace(
        question,
        text=traces.without_number(question.text),
        referred=traces.without_number(traces.without_quotes(question.referred)),
        overheard=traces.without_quotes(question.overheard),
    )
