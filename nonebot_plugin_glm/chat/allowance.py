"""每天至多多少：怎样写，用到了哪里。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..conversation.accounts import Account, Kind, Sums

TIMES, TOKENS, YUAN = "次", "token", "元"
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Limit:
    """每天至多多少。"""

    amount: int
    """次、token，或百万分之一元"""
    unit: str

    def used(self, sums: Sums) -> int:
        """合计里用掉的，与 `amount` 同单位。"""
        used = {TIMES: sums.requests, TOKENS: sums.tokens, YUAN: sums.cost}
        return used[self.unit]


@dataclass(frozen=True, slots=True)
class Standing:
    """一项额度用到了哪里。"""

    account: Account
    limit: Limit
    used: int
    lifted: bool = False
    """今天放开了"""

    @property
    def share(self) -> float:
        """用了几成。"""
        return self.used / self.limit.amount

    def after(self, spent: Sums) -> Standing:
        """又花了这些之后。"""
        used = self.used + self.limit.used(spent)
        return Standing(self.account, self.limit, used, self.lifted)


def parse_quota(text: str) -> tuple[Limit, ...]:
    """读出 `100次,500000token,5元`；空串是不限。"""
    limits = []
    for part in filter(None, text.split(",")):
        unit = next(unit for unit in (TIMES, TOKENS, YUAN) if part.endswith(unit))
        number = part.removesuffix(unit)
        scale = MICRO if unit == YUAN else 1
        limits.append(Limit(round(float(number) * scale), unit))
    return tuple(limits)


Limits = Mapping[Kind, Sequence[Limit]]
"""各种账户的额度。"""
