"""额度：一个人、一个群、所有人，每天至多问多少。

轮到一个提问时才看用了多少：只在设了额度时读一次账，排在前面的都已入账。用完了的
记在内存里，当天再来的不必排队；几个会话同时在答的，可能一起越过一点。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..conversation.accounts import (
    EVERYONE,
    FAILED,
    Account,
    Expense,
    Sums,
)
from ..domain import ConversationKey, Speaker, place_of
from ..exception import DailyQuotaError
from .allowance import Limit, Limits, Standing

if TYPE_CHECKING:
    from ..conversation.ledger import LedgerStore

NEARLY = 0.8
"""用到几成时说一声。"""


class Quotas:
    """今天的额度。

    参数:
        ledger: 账本
        limits: 各种账户现在的额度，没有的不限
    """

    def __init__(
        self, ledger: LedgerStore, limits: Callable[[], Limits] = dict
    ) -> None:
        self._ledger = ledger
        self._limits_now = limits
        self._known: Limits = {}
        self._day = ""
        self._used_up: dict[Account, Limit] = {}
        self._carried: dict[Account, Sums] = {}
        self._warned: set[Account] = set()
        self._words: dict[tuple[ConversationKey, str], Standing] = {}

    def refuse_known(self, key: ConversationKey, speaker: Speaker) -> None:
        """已知用完了的不必排队。

        异常:
            DailyQuotaError: 今天的额度用完了
        """
        if not self._used_up:
            return
        self._turn_the_day()
        for account in self._accounts(key, speaker):
            if limit := self._used_up.get(account):
                raise self._used_up_error(account, limit)

    def recheck(self) -> None:
        """已知用完了的也要重新看：别的进程也许放开了。"""
        self._used_up.clear()

    async def check(self, key: ConversationKey, speaker: Speaker) -> list[Standing]:
        """轮到他了：用到了哪里；没有设额度就不读账。

        异常:
            DailyQuotaError: 今天的额度用完了
        """
        accounts = self._accounts(key, speaker)
        standings = await self.standings(accounts) if accounts else []
        binding = [standing for standing in standings if not standing.lifted]
        for standing in binding:
            if standing.share >= 1:
                self._used_up[standing.account] = standing.limit
                raise self._used_up_error(standing.account, standing.limit)
        return binding

    def _used_up_error(self, account: Account, limit: Limit) -> DailyQuotaError:
        """每次都是新的：同一个异常一再抛出，身后的调用栈会越拖越长。"""
        return DailyQuotaError(account.kind.value, limit.amount, limit.unit, self._day)

    async def carry(self, account: Account) -> None:
        """账上将不再有这个账户的名字：今天用掉的只在内存里接着算。"""
        self._turn_the_day()
        (sums,) = await self._ledger.sums([account])
        self._carried[account] = self._carried.get(account, Sums()) + sums

    def spent(
        self,
        key: ConversationKey,
        speaker: Speaker,
        standings: Iterable[Standing],
        expenses: Iterable[Expense],
    ) -> None:
        """又花了这些：今天头一次过了八成的，等着说一声；不算谁的没有人可说。"""
        if not speaker.id:
            return
        added = _sum(expenses)
        for standing in standings:
            after = standing.after(added)
            if after.share >= NEARLY and after.account not in self._warned:
                self._warned.add(after.account)
                self._words[key, speaker.id] = after

    def word(self, key: ConversationKey, speaker: Speaker) -> Standing | None:
        """该对他说一声的，说过就没有了。"""
        return self._words.pop((key, speaker.id), None)

    async def standings(self, accounts: Sequence[Account]) -> list[Standing]:
        """这些账户的各项额度用到了哪里，没有设的不在其中。"""
        self._turn_the_day()
        limits = self._limits
        found = await self._ledger.sums(accounts)
        return [
            Standing(
                account,
                limit,
                limit.used(sums + self._carried.get(account, Sums())),
                sums.lifted,
            )
            for account, sums in zip(accounts, found, strict=True)
            for limit in limits.get(account.kind, ())
        ]

    async def lift(self, account: Account) -> None:
        """今天放开一个账户的额度。"""
        await self._ledger.lift(account)
        self._used_up.pop(account, None)

    def _accounts(self, key: ConversationKey, speaker: Speaker) -> list[Account]:
        """一个提问算在谁的账上，只要设了额度的。"""
        accounts: list[Account] = []
        if speaker.id:
            accounts.append(Account.user(key.platform, speaker.id))
        if key.group_id:
            accounts.append(Account.group(place_of(key)))
        accounts.append(EVERYONE)
        limits = self._limits
        return [account for account in accounts if limits.get(account.kind)]

    @property
    def _limits(self) -> Limits:
        """现在的额度；改过了，用完没有要重新看。"""
        limits = self._limits_now()
        if limits != self._known:
            self._known = limits
            self._used_up.clear()
            self._warned.clear()
        return limits

    def _turn_the_day(self) -> None:
        if self._day != (today := self._ledger.today):
            self._day = today
            self._used_up.clear()
            self._carried.clear()
            self._warned.clear()
            self._words.clear()


def _sum(expenses: Iterable[Expense]) -> Sums:
    found = list(expenses)
    return Sums(
        requests=sum(expense.purpose != FAILED for expense in found),
        tokens=sum(e.usage.prompt_tokens + e.usage.completion_tokens for e in found),
        cost=sum(expense.cost for expense in found),
    )
