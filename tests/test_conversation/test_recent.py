"""用着的会话记在内存里：与库里的从来一样，有上限，写了什么就不再是旧的。"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.noting import Note
from nonebot_plugin_glm.conversation.reading import read_conversation
from nonebot_plugin_glm.conversation.recent import Recent
from nonebot_plugin_glm.conversation.rows import Conversation, StoredTurn
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.summary import Fold
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import ConversationKey, Thinking
from nonebot_plugin_glm.exception import StoreError

from .builders import group, member, private, turn

LIMIT = 4
KEYS = (private("1"), group("9"), member("9", "1"))
Change = Callable[[ConversationStore, ConversationKey, int], Awaitable[object]]
"""改一次，最后是第几轮。"""


async def replace_last(store: ConversationStore, key: ConversationKey, _: int) -> None:
    """重新回答最后一轮。"""
    last = await store.last(key)
    await store.append(key, turn("重答"), replaces=last.id if last else None)


async def undo(store: ConversationStore, key: ConversationKey, _: int) -> None:
    """撤销最后一轮。"""
    if (last := await store.last(key)) is not None:
        await store.remove(key, last.id)


async def fold(store: ConversationStore, key: ConversationKey, last: int) -> None:
    """写一段摘要。"""
    since = (await store.read(key, LIMIT)).summarized
    await store.summaries.fold(key, Fold(since, last), (), f"摘要{last}")


CHANGES: dict[str, Change] = {
    "存": lambda s, k, n: s.append(k, turn(f"问{n}")),
    "推后窗口地存": lambda s, k, n: s.append(k, turn(), window_start=n),
    "记着一件事地存": lambda s, k, n: s.append(k, turn(), notes=[Note(f"{n}", "1")]),
    "重答": replace_last,
    "撤销": undo,
    "写摘要": fold,
    "推后窗口": lambda s, k, n: s.move_window(k, n),
    "忘记": lambda s, k, n: s.forget(k),
    "忘记全群": lambda s, k, n: s.forget_group(k),
    "选模型": lambda s, k, n: s.choose_model(k, f"模型{n}"),
    "选思考": lambda s, k, n: s.choose_thinking(k, Thinking.ON if n % 2 else None),
    "选人设": lambda s, k, n: s.personas.choose(k, f"人设{n}"),
    "记备忘": lambda s, k, n: s.notes.add(k, Note(f"备忘{n}", "1"), 99),
    "清备忘": lambda s, k, n: s.notes.clear(k),
    "抹去一个人": lambda s, k, n: s.records.erase(Person(k.platform, "1")),
    "过期": lambda s, k, n: s.records.expire(10.0 * n),
}
"""会动到会话的一切。"""


@given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.sampled_from(KEYS)))
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_same_as_the_database(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, ConversationKey]],
) -> None:
    """怎样改都一样：每改一次，各个会话读出来的都与库里的一字不差，又存一轮之后也是。"""
    now = iter(range(10**6))
    path = tmp_path_factory.mktemp("recent") / "glm.db"
    database = await Database.open(path)
    store = ConversationStore(database, lambda: float(next(now)))
    for number, (name, key) in enumerate(steps):
        await CHANGES[name](store, key, number)
        for other in KEYS:
            limit = 0 if number % 5 == 4 else LIMIT  # `/glm status` 一轮也不要
            for _ in range(2):
                await store.read(other, limit)  # 记下
                found = await fresh(database, other, limit)
                assert await store.read(other, limit) == found
                await CHANGES["存"](store, other, number)
    await store.aclose()


async def fresh(
    database: Database, key: ConversationKey, limit: int = LIMIT
) -> Conversation:
    """库里的。"""
    return await database.read(lambda c: read_conversation(c, key, limit))


async def test_writes_while_reading(path: Path) -> None:
    """读与写同时来：写在读之后才做完，读到的旧样子也不会留下。"""
    database = await Database.open(path)
    store = ConversationStore(database)
    for number in range(50):
        await asyncio.gather(
            store.read(group(), LIMIT),
            store.append(group(), turn(f"甲{number}")),
            store.read(group(), LIMIT),
            store.choose_model(group(), f"模型{number}"),
            store.append(group(), turn(f"乙{number}")),
        )
        assert await store.read(group(), LIMIT) == await fresh(database, group())
    await store.aclose()


async def test_cancelled_write(path: Path) -> None:
    """存到一半，等的人走了：存没存成都与库里的一样。"""
    database = await Database.open(path)
    store = ConversationStore(database)
    for number in range(20):
        await store.read(group(), LIMIT)
        saving = asyncio.ensure_future(store.append(group(), turn(f"{number}")))
        for _ in range(number % 3):
            await asyncio.sleep(0)
        saving.cancel()
        await asyncio.wait([saving])
        assert await store.read(group(), LIMIT) == await fresh(database, group())
    await store.aclose()


async def test_failed_write(path: Path) -> None:
    """没有存成的不会留在内存里。"""
    database = await Database.open(path)
    store = ConversationStore(database)
    await store.append(group(), turn("先前"))
    await store.read(group(), LIMIT)
    with pytest.raises(StoreError):
        await store.append(group(), turn("\ud800"))
    assert [t.turn.question for t in (await store.read(group(), LIMIT)).turns] == [
        "先前"
    ]
    await store.aclose()


def known(recent: Recent, key: ConversationKey, *answers: str) -> None:
    """记下一个会话。"""
    turns = tuple(StoredTurn(n, turn(answer=a)) for n, a in enumerate(answers, 1))
    recent.read(recent.begin(key), Conversation(turns=turns), LIMIT)


def test_the_longest_unused_goes_first() -> None:
    """记不下了就忘记最久没有用的；一个就太大的不记，别的不受它连累。"""
    recent = Recent(4000)
    for number in "12":
        known(recent, private(number), "答" * 1000)
    assert recent.get(private("1"), LIMIT)
    known(recent, private("3"), "答" * 1000)
    assert recent.get(private("2"), LIMIT) is None
    known(recent, private("4"), "答" * 4000)
    assert recent.get(private("4"), LIMIT) is None
    assert recent.get(private("1"), LIMIT)
    assert recent.get(private("3"), LIMIT)


def test_size_follows_the_window() -> None:
    """聊得再久，占的也只是窗口里的：离开窗口的不再算。"""
    recent = Recent(20_000)
    known(recent, private("1"), "")
    known(recent, private("2"), "")
    for number in range(2, 200):
        appending = recent.begin(private("1"))
        recent.appended(
            appending, 1, StoredTurn(number, turn(answer="答" * 1000)), None
        )
    found = recent.get(private("1"), LIMIT)
    assert found
    assert [stored.id for stored in found.turns] == [196, 197, 198, 199]
    assert recent.get(private("2"), LIMIT)
    appending = recent.begin(private("1"))
    recent.appended(appending, 1, StoredTurn(200, turn(answer="答" * 18_000)), 200)
    found = recent.get(private("1"), LIMIT)
    assert found
    assert [stored.id for stored in found.turns] == [200]


def test_another_limit_is_another_window() -> None:
    """设置改了窗口有几轮，记着的就不作数。"""
    recent = Recent()
    known(recent, private(), "答")
    assert recent.get(private(), LIMIT)
    assert recent.get(private(), LIMIT + 1) is None


def test_shared_database_remembers_nothing() -> None:
    """别的进程也在写的数据库，什么也不记。"""
    recent = Recent(0)
    known(recent, private(), "答")
    assert recent.get(private(), LIMIT) is None
