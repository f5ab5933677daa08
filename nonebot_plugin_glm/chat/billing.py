"""记账：每个请求值多少钱、记在谁的账上。"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from ..api.prices import PriceList
from ..conversation.accounts import CHAT, FAILED, Expense
from ..domain import Answer, ConversationKey, Speaker, Usage
from ..exception import StoreError
from .quota import Quotas

if TYPE_CHECKING:
    from ..conversation.ledger import LedgerStore


@dataclass(slots=True)
class Bill:
    """一个提问的账：重试、换模型、并入之后重答，每个报了用量的请求一笔。"""

    key: ConversationKey
    payer: Speaker
    prices: PriceList
    purpose: str = CHAT
    """答成了算为了什么"""
    expenses: list[Expense] = field(default_factory=list)
    paid: bool = False
    """已随轮一起入账"""

    def waste(self, model: str, usage: Usage) -> None:
        """一个报了用量而没有用上的请求。"""
        cost = self.prices.cost(model, usage)
        self.expenses.append(Expense(FAILED, model, usage, cost))

    def answered(self, answer: Answer) -> None:
        """答成了的请求，没有报用量也算一次。"""
        cost = self.prices.cost(answer.model, answer.usage)
        self.expenses.append(Expense(self.purpose, answer.model, answer.usage, cost))


class Billing:
    """账本、价目与额度。

    参数:
        ledger: 账本
        prices: 现在的价目
        quotas: 额度，没有就不限
    """

    def __init__(
        self,
        ledger: LedgerStore,
        prices: Callable[[], PriceList] = PriceList,
        quotas: Quotas | None = None,
    ) -> None:
        self.ledger = ledger
        self._prices = prices
        self.quotas = quotas or Quotas(ledger)

    @property
    def prices(self) -> PriceList:
        """现在的价目。"""
        return self._prices()

    def open(self, key: ConversationKey, payer: Speaker, purpose: str) -> Bill:
        """为会话里的一个提问开账。"""
        return Bill(key, payer, self.prices, purpose)

    @asynccontextmanager
    async def charged(self, bill: Bill, *, exempt: bool = False) -> AsyncIterator[None]:
        """先看额度，在里面花，离开时入账。

        异常:
            DailyQuotaError: 今天的额度用完了
        """
        standings = [] if exempt else await self.quotas.check(bill.key, bill.payer)
        try:
            yield
        finally:
            await self.settle(bill)
            self.quotas.spent(bill.key, bill.payer, standings, bill.expenses)

    async def settle(self, bill: Bill) -> None:
        """没有随轮入账的另行入账：没有答成的、存不下的；被中止时也等它记完。"""
        if bill.paid or not bill.expenses:
            return
        # 提问自有它的结局，账记不下不改变它
        with anyio.CancelScope(shield=True), suppress(StoreError):
            await self.ledger.record(bill.key, bill.expenses, bill.payer)

    async def record(
        self, key: ConversationKey, purpose: str, model: str, usage: Usage
    ) -> None:
        """记下不是谁问的一个请求，算在会话所在的群上。

        异常:
            StoreError: 写不进
        """
        cost = self.prices.cost(model, usage)
        await self.ledger.record(key, [Expense(purpose, model, usage, cost)])
