"""ledger：一行随轮入账，忘记会话不抹去；合计只算该算的，日子是北京的。"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.accounts import (
    CHAT,
    EVERYONE,
    FAILED,
    SUMMARY,
    Account,
    By,
    Expense,
    Sums,
)
from nonebot_plugin_glm.conversation.beijing import beijing_day, days_until
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Speaker, Usage, place_of
from nonebot_plugin_glm.exception import StoreError
from tests.spoiling import spoil_table

from .builders import ALICE, group, member, private, turn

BOB = Speaker("2", "乙")
NOON = 1_795_579_200.0
"""北京时间 2026-11-25 12:00。"""
DAY = 86400.0
ME = Account.user("qq", "1")
HERE = Account.group(("qq", "10000", "9"))


class Clock:
    """拨得动的钟。"""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """北京时间的中午。"""
    return Clock()


@pytest.fixture
async def kept(path: Path, clock: Clock) -> AsyncIterator[ConversationStore]:
    """照这个钟记账的历史。"""
    store = ConversationStore(await Database.open(path), clock)
    yield store
    await store.aclose()


def expense(
    cost: int = 10, model: str = "glm-4.7", purpose: str = CHAT, tokens: int = 100
) -> Expense:
    """一笔账。"""
    return Expense(purpose, model, Usage(tokens, tokens // 2, 5, 1), cost)


async def spend(
    store: ConversationStore, key: ConversationKey, who: Speaker, *expenses: Expense
) -> None:
    """问一轮，花了这些。"""
    await store.append(key, turn(speaker=who), expenses=expenses or (expense(),))


def test_the_day_turns_at_beijing_midnight() -> None:
    """北京的零点换一天，与机器的时区无关。"""
    midnight = NOON + DAY / 2
    assert beijing_day(midnight - 0.001) == "2026-11-25"
    assert beijing_day(midnight) == "2026-11-26"
    assert days_until("2026-03-02", 3) == ["2026-02-28", "2026-03-01", "2026-03-02"]


async def test_sums(kept: ConversationStore) -> None:
    """人不论在哪个群、经哪个账号；群只算这个群的；失败的与后台的不算次数。"""
    await spend(kept, group("9"), ALICE, expense(7), expense(5, purpose=FAILED))
    await spend(kept, private("1"), ALICE)
    await spend(kept, member("9", "1", bot_id="20000"), ALICE)
    await spend(kept, member("9", "2"), BOB)
    await spend(kept, private("1", platform="telegram"), ALICE)
    await kept.ledger.record(group("9"), [expense(1, purpose=SUMMARY)])
    mine, here, all_of_them, nobody = await kept.ledger.sums(
        [ME, HERE, EVERYONE, Account.user("qq", "3")]
    )
    assert mine == Sums(requests=3, tokens=4 * 105, cost=32)
    assert here == Sums(requests=2, tokens=4 * 105, cost=23)
    assert all_of_them == Sums(requests=5, tokens=7 * 105, cost=53)
    assert nobody == Sums()


async def test_sums_run_on(kept: ConversationStore, path: Path) -> None:
    """一边记一边看，合计总是全的，别的进程记的也在内。"""
    other = ConversationStore(await Database.open(path), kept._clock)
    for count in range(1, 6):
        await spend(other if count % 2 else kept, group("9"), ALICE)
        assert [s.requests for s in await kept.ledger.sums([HERE, EVERYONE])] == [
            count,
            count,
        ]
    await other.aclose()


async def test_sums_of_a_new_database(path: Path, clock: Clock) -> None:
    """坏了的换成新的，从头加起。"""
    store = ConversationStore(await Database.open(path, lambda _: None), clock)
    for _ in range(3):
        await spend(store, group("9"), ALICE)
    assert await store.ledger.sums([HERE]) == [Sums(3, 315, 30)]
    spoil_table(path, "glm_request")
    for _ in range(2):
        await spend(store, group("9"), ALICE)
    assert await store.ledger.sums([HERE, EVERYONE]) == [Sums(2, 210, 20)] * 2
    await store.aclose()


async def test_each_day_has_its_own_sums(kept: ConversationStore, clock: Clock) -> None:
    """零点之后从零算起，昨天的还在账上。"""
    await spend(kept, private(), ALICE)
    clock.now += DAY / 2
    assert await kept.ledger.sums([ME]) == [Sums()]
    await spend(kept, private(), ALICE)
    by_day = await kept.ledger.tallies(ME, "2026-11-25", By.DAY)
    assert {t.identity: t.requests for t in by_day} == {
        "2026-11-25": 1,
        "2026-11-26": 1,
    }
    recent = await kept.ledger.tallies(ME, "2026-11-26", By.DAY)
    assert [t.identity for t in recent] == ["2026-11-26"]


async def test_forgetting_does_not_erase_the_bill(path: Path, clock: Clock) -> None:
    """重置、撤销、重答、重启之后，账还在。"""
    store = ConversationStore(await Database.open(path), clock)
    await spend(store, private(), ALICE)
    last = await store.last(private())
    assert last is not None
    await store.append(private(), turn(), replaces=last.id, expenses=[expense()])
    await store.forget(private())
    await store.aclose()
    store = ConversationStore(await Database.open(path), clock)
    assert await store.count(private()) == 0
    assert await store.ledger.sums([ME]) == [Sums(2, 210, 20)]
    await store.aclose()


async def test_a_turn_and_its_bill_are_one(kept: ConversationStore, path: Path) -> None:
    """账记不下，轮也不存；轮存不下，账也不记。"""
    other = sqlite3.connect(path)
    for table, kept_rows in (("glm_request", "glm_turn"), ("glm_turn", "glm_request")):
        other.execute(
            f"CREATE TRIGGER full BEFORE INSERT ON {table}"
            " BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        other.commit()
        with pytest.raises(StoreError):
            await spend(kept, private(), ALICE)
        (rows,) = other.execute(f"SELECT count(*) FROM {kept_rows}").fetchone()
        assert rows == 0
        other.execute("DROP TRIGGER full")
        other.commit()
    other.close()


async def test_tallies(kept: ConversationStore) -> None:
    """分项的合计，人用最近的名字；后台的不属于谁，私聊不属于哪个群。"""
    await spend(kept, group("9"), ALICE, expense(7, "glm-5"), expense(3))
    await spend(kept, group("8"), Speaker("1", "甲改名"))
    await spend(kept, private("2"), BOB, expense(1))
    await kept.ledger.record(group("9"), [expense(2, purpose=SUMMARY)])

    async def costs(account: Account, by: By) -> dict[str, int]:
        found = await kept.ledger.tallies(account, "2026-11-01", by)
        return {f"{t.identity}{t.name}": t.cost for t in found}

    assert await costs(EVERYONE, By.MODEL) == {"glm-5": 7, "glm-4.7": 16}
    assert await costs(EVERYONE, By.USER) == {"1甲改名": 20, "2乙": 1, "": 2}
    assert await costs(EVERYONE, By.GROUP) == {"9": 12, "8": 10, "": 1}
    assert await costs(HERE, By.USER) == {"1甲": 10, "": 2}
    assert await costs(ME, By.MODEL) == {"glm-5": 7, "glm-4.7": 13}
    (tally,) = await kept.ledger.tallies(Account.user("qq", "2"), "2026-11-25", By.DAY)
    assert (tally.requests, tally.usage, tally.cost) == (1, Usage(100, 50, 5, 1), 1)


async def test_lifts_last_one_day(kept: ConversationStore, clock: Clock) -> None:
    """放开只管今天，只管这一个账户；放开两次没有害处。"""
    other = Account.group(place_of(group("8")))
    for _ in range(2):
        await kept.ledger.lift(HERE)
    await kept.ledger.lift(EVERYONE)
    found = await kept.ledger.sums([HERE, other, ME, EVERYONE])
    assert [sums.lifted for sums in found] == [True, False, False, True]
    clock.now += DAY
    assert await kept.ledger.sums([HERE]) == [Sums()]
    await kept.ledger.lift(ME)
    assert [s.lifted for s in await kept.ledger.sums([ME, HERE])] == [True, False]
