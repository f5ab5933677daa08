"""历史的存取：会话互不相干，一轮要么完整要么没有。"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from nonebot_plugin_glm.conversation.store import Conversation, ConversationStore
from nonebot_plugin_glm.domain import ConversationKey, Thinking

from .builders import EVERYTHING, NEIGHBOURS, fill, group, private, turn, window


async def test_unknown_conversation_is_empty(store: ConversationStore) -> None:
    """没有说过话的会话各项都是默认值。"""
    assert await store.read(private(), 10) == Conversation((), None, None)
    assert await store.last(private()) is None
    assert await store.count(private()) == 0


async def test_conversations_do_not_mix(store: ConversationStore) -> None:
    """平台、账号、范围、群、人，只差一项也各有各的历史。"""
    order = [key for key in NEIGHBOURS for _ in range(3)]
    random.Random(1).shuffle(order)
    for number, key in enumerate(order):
        await store.append(key, turn(f"{key}{number}", "答"))
    for key in NEIGHBOURS:
        mine = [f"{k}{number}" for number, k in enumerate(order) if k == key]
        assert await window(store, key) == mine
        last = await store.last(key)
        assert last is not None
        assert last.turn.question == mine[-1]


async def test_survives_reopening(path: Path) -> None:
    """关了再开，一轮不少。"""
    for number in range(3):
        store = await ConversationStore.open(path)
        await store.append(group(), turn(f"问{number}"))
        await store.aclose()
    store = await ConversationStore.open(path)
    assert await window(store, group()) == ["问0", "问1", "问2"]
    assert (await store.read(group(), 10)).turns[0].turn == turn("问0")
    await store.aclose()


async def test_reads_the_newest_turns(store: ConversationStore) -> None:
    """只读最近的几轮，从旧到新，编号递增。"""
    ids = await fill(store, private(), 5)
    read = await store.read(private(), 2)
    assert [t.turn.question for t in read.turns] == ["问3", "问4"]
    assert [t.id for t in read.turns] == ids[3:]
    assert ids == sorted(set(ids))
    assert (await store.read(private(), 0)).turns == ()


async def test_moving_the_window_destroys_nothing(store: ConversationStore) -> None:
    """窗口移走之后轮都还在；窗口只往后移，晚到的旧主意不算数。"""
    ids = await fill(store, private(), 5)
    await store.move_window(private(), ids[3])
    assert await window(store, private()) == ["问3", "问4"]
    assert await store.count(private()) == 5
    await store.move_window(private(), ids[0])
    assert await window(store, private()) == ["问3", "问4"]


async def test_append_moves_the_window_at_once(store: ConversationStore) -> None:
    """裁窗口与存一轮是一件事，别的会话的窗口不动。"""
    ids = await fill(store, private(), 4)
    await fill(store, private("2"), 2)
    await store.append(private(), turn("新"), window_start=ids[-1])
    assert await window(store, private()) == ["问3", "新"]
    assert await store.count(private()) == 5
    assert len(await window(store, private("2"))) == 2


async def test_replacing_a_turn(store: ConversationStore) -> None:
    """重新回答时旧的那一轮同时消失。"""
    ids = await fill(store, private(), 3)
    await store.append(private(), turn("问2", "新答"), replaces=ids[2])
    turns = (await store.read(private(), EVERYTHING)).turns
    assert [t.turn.answer for t in turns] == ["答0", "答1", "新答"]


async def test_removing_the_last_turn(store: ConversationStore) -> None:
    """忘记一轮，其余不动；再忘一次同一轮没有害处。"""
    ids = await fill(store, private(), 3)
    await store.remove(private(), ids[2])
    await store.remove(private(), ids[2])
    assert await window(store, private()) == ["问0", "问1"]
    await store.append(private(), turn("新"))
    assert await window(store, private()) == ["问0", "问1", "新"]


async def test_removing_reopens_an_emptied_window(store: ConversationStore) -> None:
    """窗口里仅有的一轮忘记之后，更早的轮回到窗口。"""
    ids = await fill(store, private(), 3)
    await store.move_window(private(), ids[2])
    await store.remove(private(), ids[2])
    assert await window(store, private()) == ["问0", "问1"]


async def test_removing_keeps_a_window_that_has_turns(
    store: ConversationStore,
) -> None:
    """窗口里还有别的轮时，裁掉的轮不回来。"""
    ids = await fill(store, private(), 4)
    await store.move_window(private(), ids[2])
    await store.remove(private(), ids[3])
    assert await window(store, private()) == ["问2"]


async def test_removing_everything(store: ConversationStore) -> None:
    """一轮一轮全忘掉之后，新的轮照常看得见。"""
    for identity in reversed(await fill(store, private(), 3)):
        await store.remove(private(), identity)
    assert await store.count(private()) == 0
    await store.append(private(), turn("新"))
    assert await window(store, private()) == ["新"]


@pytest.mark.parametrize("other", NEIGHBOURS[1:])
async def test_ids_of_other_conversations_are_safe(
    store: ConversationStore, other: ConversationKey
) -> None:
    """给出别的会话的编号，别人的轮不会因此消失。"""
    (theirs,) = await fill(store, other, 1)
    await store.remove(private(), theirs)
    await store.append(private(), turn("新"), replaces=theirs)
    assert await window(store, other) == ["问0"]
    assert await window(store, private()) == ["新"]


async def test_ids_are_never_reused(store: ConversationStore) -> None:
    """忘记之后编号也不重用，否则旧的窗口会挡住新的轮。"""
    (first,) = await fill(store, private(), 1)
    await store.forget(private())
    (second,) = await fill(store, private(), 1)
    assert second > first


async def test_forgetting_resets_the_window(store: ConversationStore) -> None:
    """忘记整个会话之后窗口从头开始。"""
    await fill(store, private(), 2)
    await store.move_window(private(), 10**6)
    assert await store.forget(private()) == 2
    assert await store.count(private()) == 0
    await store.append(private(), turn("新"))
    assert await window(store, private()) == ["新"]


async def test_choices_survive_forgetting_and_reopening(path: Path) -> None:
    """选择的模型与思考方式在忘记与重启之后都还在，只属于那个会话。"""
    store = await ConversationStore.open(path)
    await store.choose_model(private(), "glm-5")
    await store.choose_thinking(private(), Thinking.ON)
    await fill(store, private(), 1)
    await store.forget(private())
    await store.aclose()
    store = await ConversationStore.open(path)
    kept = await store.read(private(), 1)
    assert kept == Conversation((), "glm-5", Thinking.ON, identity=kept.identity)
    assert await store.read(private("2"), 1) == Conversation()
    await store.choose_model(private(), None)
    assert (await store.read(private(), 1)).model is None
    await store.aclose()


async def test_settings(path: Path) -> None:
    """改过的设置可再改、可撤，重启后还在。"""
    store = await ConversationStore.open(path)
    assert await store.settings.all() == {}
    for name, value in (("甲", "1"), ("甲", "2"), ("乙", "")):
        await store.settings.put(name, value)
    await store.aclose()
    store = await ConversationStore.open(path)
    assert await store.settings.all() == {"甲": "2", "乙": ""}
    await store.settings.put("甲", None)
    assert await store.settings.all() == {"乙": ""}
    await store.aclose()
