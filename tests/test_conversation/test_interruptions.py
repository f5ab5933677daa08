"""打断：别的进程听得到，编号多长都行；自己说的不算，SQLite 里什么也没有。"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.interruptions import Interruption, Reach
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey
from tests.postgresql import PostgreSQLServer

from .builders import group, private
from .test_postgresql import order

LONG = ["x" * 30_000, "号🐧" * 5_000, "\x00" * 3_000, "\ud800'\\\"\n 0 1"]


@pytest.fixture
async def stores(postgresql: str) -> AsyncIterator[list[ConversationStore]]:
    """两个进程，都连着，都听着。"""
    stores = [await ConversationStore.open(postgresql) for _ in range(2)]
    for store in stores:
        assert await store.interruptions.hear() == []
    yield stores
    for store in stores:
        await store.aclose()


async def heard(store: ConversationStore) -> list[Interruption]:
    """听到的。"""
    return [one.interruption for one in await store.interruptions.hear()]


def every_kind() -> list[Interruption]:
    """各种各样的。"""
    long = [
        Interruption(Reach.MESSAGE, replace(group(), group_id=text), text)
        for text in LONG
    ]
    short = [Interruption(reach, private(), None) for reach in Reach]
    return [*long, *short, *reversed(long)]


async def test_heard_once_in_order(stores: list[ConversationStore]) -> None:
    """依次听到，一字不差，只听到一次；自己说的不算。"""
    ours, theirs = stores
    said = every_kind()
    for one in said:
        await ours.interruptions.tell(one)
    assert await heard(theirs) == said
    assert await heard(theirs) == []
    assert await heard(ours) == []


async def test_told_from_both_sides_at_once(
    stores: list[ConversationStore], postgresql: str
) -> None:
    """几处同时说长的，谁的也不会串到别人的里。"""
    third = await ConversationStore.open(postgresql)
    await third.interruptions.hear()
    keys = [ConversationKey("qq", name * 20_000, private().scope) for name in "ab"]
    for _ in range(20):
        said = [Interruption(Reach.CONVERSATION, key) for key in keys]
        await asyncio.gather(
            *(s.interruptions.tell(one) for s, one in zip(stores, said, strict=True))
        )
        assert sorted(one.key.bot_id[0] for one in await heard(third)) == ["a", "b"]
    await third.aclose()


async def test_said_when(stores: list[ConversationStore]) -> None:
    """听得晚，也知道是何时说的：不会算得比说的时候晚。"""
    ours, theirs = stores
    before = time.monotonic()
    await ours.interruptions.tell(Interruption(Reach.GROUP, group()))
    after = time.monotonic()
    await asyncio.sleep(0.2)
    [one] = await theirs.interruptions.hear()
    assert before - 10 < one.said_at <= after


async def test_claim_brings_what_was_said_before(
    stores: list[ConversationStore],
) -> None:
    """别处让出会话之前说的，占到之后一定听得到。"""
    ours, theirs = stores
    said = Interruption(Reach.CONVERSATION, private())
    for _ in range(30):
        async with ours.claims.hold(private()):
            assert await theirs.claims.held_elsewhere(private())
            assert not await ours.claims.held_elsewhere(private())
            await ours.interruptions.tell(said)
        async with theirs.claims.hold(private()):
            assert await heard(theirs) == [said]


async def test_strangers_and_the_future_are_ignored(
    stores: list[ConversationStore], postgresql: str
) -> None:
    """不是插件说的、读不懂的，当没听见；之后的照常。"""
    ours, theirs = stores
    for words in ("你好", "1.5 0 你好", '1.5 0 ["new", null]', "1.5 0 [1, 2]"):
        order(postgresql, f"NOTIFY nonebot_plugin_glm, '{words}'")
    await ours.interruptions.tell(Interruption(Reach.GROUP, group()))
    assert await heard(theirs) == [Interruption(Reach.GROUP, group())]


async def test_after_the_connection_is_cut(
    stores: list[ConversationStore],
    postgresql: str,
    server_of_databases: PostgreSQLServer,
) -> None:
    """连接断了就重新连上再听；断着的时候说的听不到，不出错。"""
    ours, theirs = stores
    said = Interruption(Reach.GROUP, group())
    server_of_databases.cut(postgresql)
    await ours.interruptions.tell(said)
    assert await heard(theirs) == []
    await ours.interruptions.tell(said)
    assert await heard(theirs) == [said]
    server_of_databases.stop()
    await ours.interruptions.tell(said)
    assert await heard(theirs) == []
    server_of_databases.start()
    assert await heard(theirs) == []
    await ours.interruptions.tell(said)
    assert await heard(theirs) == [said]


async def test_nothing_to_do_alone(tmp_path: Path) -> None:
    """只有一个进程用：不说，不听，没有人占着。"""
    store = await ConversationStore.open(tmp_path / "glm.db")
    await store.interruptions.tell(Interruption(Reach.GROUP, group()))
    assert await store.interruptions.hear() == []
    async with store.claims.hold(group()):
        assert not await store.claims.held_elsewhere(group())
    await store.aclose()
    await store.interruptions.tell(Interruption(Reach.GROUP, group()))
    assert await store.interruptions.hear() == []
