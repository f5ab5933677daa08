"""写攒在一起：等着的几个一次提交，谁做不成、谁不等了都不连累别人。"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from nonebot_plugin_glm.conversation.batch import Write, WriteQueue
from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.tables import settings
from nonebot_plugin_glm.exception import StoreError


def putting(name: str, value: str = "值") -> Callable[[Connection], str]:
    """写下一项。"""

    def work(connection: Connection) -> str:
        connection.execute(insert(settings).values(name=name, value=value))
        return name

    return work


async def names(database: Database) -> list[str]:
    """写下了的各项。"""
    query = select(settings.c.name).order_by(settings.c.name)
    return await database.read(lambda c: list(c.execute(query).scalars()))


@contextmanager
def busy(database: Database) -> Iterator[None]:
    """让线程忙着，直到离开。"""
    free = threading.Event()
    database.use_soon(lambda backend: free.wait(60))
    try:
        yield
    finally:
        free.set()


@pytest.fixture
def transactions(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """每个事务里有几个写。"""
    sizes: list[int] = []
    real = WriteQueue._carry_out

    def counted(self: WriteQueue, batch: list[Write[Any]]) -> None:
        sizes.append(len(batch))
        real(self, batch)

    monkeypatch.setattr(WriteQueue, "_carry_out", counted)
    return sizes


async def at_once(
    database: Database, works: list[Callable[[Connection], str]], dropped: int = 0
) -> list[object]:
    """线程忙着的时候一起来的几个写，最后的 `dropped` 个不等了；返回各自的结局。"""
    with busy(database):
        writing = [asyncio.ensure_future(database.write(work)) for work in works]
        await asyncio.sleep(0)
        for task in writing[len(works) - dropped :]:
            task.cancel()
        await asyncio.sleep(0)
    return await asyncio.gather(*writing, return_exceptions=True)


async def test_one_transaction(database: Database, transactions: list[int]) -> None:
    """等着的几个写一次提交，各得各的结果；之后的又是另一次。"""
    wanted = [f"{number}" for number in range(9)]
    assert await at_once(database, [putting(name) for name in wanted]) == wanted
    assert transactions == [9]
    assert await names(database) == wanted
    assert await database.write(putting("a")) == "a"
    assert transactions == [9, 1]


async def test_in_order(database: Database) -> None:
    """先来的先做，后来的看得到先来的。"""
    seen: list[int] = []

    def look(connection: Connection) -> str:
        seen.append(len(connection.execute(select(settings)).all()))
        return ""

    await at_once(database, [look, putting("a"), look, putting("b"), look])
    assert seen == [0, 1, 2]


async def test_one_failure(database: Database) -> None:
    """一个做不成：它的异常只归它，什么也没有留下；别的照样做完。"""

    def spoilt(connection: Connection) -> str:
        putting("半截")(connection)
        return putting("a")(connection)

    works = [putting("a"), spoilt, putting("b"), putting("a"), putting("c")]
    ends = await at_once(database, works)
    assert [end for end in ends if isinstance(end, str)] == ["a", "b", "c"]
    assert [type(end) for end in ends[1::2]] == [StoreError, StoreError]
    assert await names(database) == ["a", "b", "c"]


def test_order_after_a_failure() -> None:
    """一批做不成，各做各的时候又来了新的：先来的仍然先做。"""
    done: list[str] = []

    def transact(work: Callable[[Any], Any]) -> Any:
        before = len(done)
        try:
            return work(None)
        except ValueError:
            del done[before:]
            raise

    def spoilt(_: Connection) -> None:
        raise ValueError

    queue = WriteQueue(transact)
    first = queue.add(spoilt)
    second = queue.add(lambda _: done.append("先来的"))
    with pytest.raises(ValueError):
        queue.finish(first)
    later = [queue.add(lambda _, n=n: done.append(f"后来的{n}")) for n in range(2)]
    for write in (second, *later):
        queue.finish(write)
    assert done == ["先来的", "后来的0", "后来的1"]


async def test_nobody_waits_for_it(database: Database, transactions: list[int]) -> None:
    """还没有开始就没有人等了：不做，不连累别的，以后也不做。"""
    works = [putting(name) for name in "abcde"]
    ends = await at_once(database, works, dropped=2)
    assert [end for end in ends if isinstance(end, str)] == ["a", "b", "c"]
    assert transactions == [3]
    await database.write(putting("f"))
    assert await names(database) == ["a", "b", "c", "f"]


async def test_closed(database: Database) -> None:
    """已经关闭：StoreError，什么也不做。"""
    await database.aclose()
    with pytest.raises(StoreError):
        await database.write(putting("a"))


async def test_many_writers(database: Database) -> None:
    """一边来一边做：一个不少，各得各的结果。"""

    async def several(number: int) -> list[str]:
        return [await database.write(putting(f"{number}-{n}")) for n in range(5)]

    found = await asyncio.gather(*map(several, range(20)))
    written = sorted(chain.from_iterable(found))
    assert written == await names(database)
    assert len(written) == 100
