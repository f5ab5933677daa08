"""同时写、写到一半被取消、几个进程共用一个文件。"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from pathlib import Path

import anyio
import pytest

from nonebot_plugin_glm.conversation.store import ConversationStore

from .builders import EVERYTHING, NEIGHBOURS, group, private, turn, window

ROOT = Path(__file__).parents[2]
WRITER = """
import asyncio, pathlib, sys
import nonebot
nonebot.init(_env_file=None, driver="~none", localstore_use_cwd=True)
nonebot.load_plugin("nonebot_plugin_glm")
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Scope, Speaker, Turn
async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    store = await ConversationStore.open(pathlib.Path(sys.argv[1]))
    key = ConversationKey("qq", "10000", Scope.GROUP, "9")
    for number in range(50):
        await store.append(key, Turn(f"{sys.argv[2]}-{number}", "答", Speaker("1")))
    await store.aclose()
asyncio.run(main())
"""


async def test_fifty_at_once(store: ConversationStore) -> None:
    """五十轮同时存，一轮不少。"""
    keys = [NEIGHBOURS[n % len(NEIGHBOURS)] for n in range(50)]
    await asyncio.gather(
        *(store.append(key, turn(str(n))) for n, key in enumerate(keys))
    )
    found = [q for key in NEIGHBOURS for q in await window(store, key)]
    assert Counter(found) == Counter(map(str, range(50)))


async def test_two_stores_on_one_file(path: Path) -> None:
    """两个各自打开的历史同时读写同一个文件，谁也不会「locked」。"""
    stores = [await ConversationStore.open(path) for _ in range(2)]

    async def busy(number: int) -> None:
        store = stores[number % 2]
        await store.append(group(), turn(str(number)))
        await store.read(group(), 10)

    await asyncio.gather(*map(busy, range(100)))
    for store in stores:
        assert await store.count(group()) == 100
        await store.aclose()


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
async def test_three_processes_on_one_file(
    path: Path, store: ConversationStore
) -> None:
    """三个进程同时打开、同时写，都不失败，一轮不少。"""
    writers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITER, str(path), str(number)),
            cwd=path.parent,
            env={"PYTHONPATH": str(ROOT), "HOME": str(path.parent)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for number in range(3)
    ]
    for writer in writers:
        assert writer.stdout
        await writer.stdout.readuntil(b"ready\n")
    errors = await asyncio.gather(*(w.communicate(b"\n") for w in writers))
    assert [w.returncode for w in writers] == [0, 0, 0], errors
    expected = Counter(f"{w}-{n}" for w in range(3) for n in range(50))
    assert Counter(await window(store, group())) == expected


async def cancelled_append(store: ConversationStore, name: str, steps: int) -> bool:
    """存一轮，走 `steps` 步后连着取消两次；返回是否存完了才回来。"""
    task = asyncio.create_task(store.append(private(), turn(name, name)))
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return False
    return True


async def test_cancelled_task_leaves_whole_turns(store: ConversationStore) -> None:
    """任务在写的任何一步被取消（连取消两次），轮要么完整要么没有，之后照常能写。"""
    certain = set()
    for steps in range(120):
        if await cancelled_append(store, f"取消{steps}", steps):
            certain.add(f"取消{steps}")
        await store.append(private(), turn(f"之后{steps}", "答"))
        certain.add(f"之后{steps}")
    turns = [t.turn for t in (await store.read(private(), EVERYTHING)).turns]
    names = [t.question for t in turns]
    assert certain <= set(names)
    assert len(set(names)) == len(names)
    assert all(t.answer == t.question for t in turns if t.question.startswith("取消"))


async def test_cancelled_in_real_time(store: ConversationStore) -> None:
    """写的线程正忙时被取消也一样，别的任务的轮一轮不少。"""
    dice = random.Random(7)
    for number in range(60):
        victim = asyncio.create_task(store.append(private(), turn(f"取消{number}")))
        other = asyncio.create_task(store.append(private("2"), turn(str(number))))
        await asyncio.sleep(dice.random() * 0.003)
        victim.cancel()
        await asyncio.wait([victim])
        await other
    assert await window(store, private("2")) == list(map(str, range(60)))


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_forgetting_wins_over_a_cancelled_append(
    store: ConversationStore, steps: int
) -> None:
    """取消一个写之后再忘记：写不论做没做，忘记之后都没有它，之后照常能写。"""
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(store.append, private(), turn("整轮"))
            for _ in range(steps + 1):
                await asyncio.sleep(0)
            scope.cancel()
    assert await store.forget(private()) in (0, 1)
    assert await window(store, private()) == []
    await store.append(private(), turn("之后"))
    assert await window(store, private()) == ["之后"]
