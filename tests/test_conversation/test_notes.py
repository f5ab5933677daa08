"""备忘：有限度，各会话互不相干，跟着该跟的轮走。"""

from __future__ import annotations

import asyncio
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.noting import (
    MOST_NOTES,
    NOTE_CHARS,
    Note,
    Refusal,
    note_of,
    refusal,
)
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey

from .builders import NEIGHBOURS, fill, group, private, turn

MANY = 99


async def texts(store: ConversationStore, key: ConversationKey) -> list[str]:
    """会话的备忘，列出来的与提问时带上的是一回事。"""
    listed = [stored.note for stored in await store.notes.of(key)]
    assert (await store.read(key, 1)).notes == tuple(listed)
    return [note.text for note in listed]


@given(st.text())
def test_a_note_is_one_clean_line(text: str) -> None:
    """换行并成空格，看不见的字符都去掉。"""
    note = note_of(text, "1")
    assert len(note.text.splitlines()) <= 1
    assert note.text == note.text.strip()
    assert not any(unicodedata.category(char)[0] == "C" for char in note.text)


KEPT = tuple(Note(f"{n}", "1" if n < 3 else "2") for n in range(MOST_NOTES))
REFUSED = {
    "empty": (note_of("\u202e\n", "9"), KEPT[:5], Refusal.EMPTY),
    "long": (note_of("字" * (NOTE_CHARS + 1), "9"), KEPT[:5], Refusal.LONG),
    "known": (note_of(" 2 ", "9"), KEPT, Refusal.KNOWN),
    "full": (note_of("新", "9"), KEPT, Refusal.FULL),
    "enough": (note_of("新", "1"), KEPT[:5], Refusal.ENOUGH),
    "room": (note_of("字" * NOTE_CHARS, "2"), KEPT[:5], None),
}


@pytest.mark.parametrize(("note", "kept", "why"), REFUSED.values(), ids=REFUSED)
def test_refusal(note: Note, kept: tuple[Note, ...], why: Refusal | None) -> None:
    """空的、长的、记着的、记满的都记不下，各有缘由。"""
    assert refusal(note, kept, 3) is why


async def test_notes_do_not_mix(store: ConversationStore) -> None:
    """各会话的备忘只差一项也互不相干，按先后编号。"""
    for key in NEIGHBOURS:
        assert await store.notes.add(key, note_of(f"{key}", "1"), MANY) == 1
        assert await store.notes.add(key, note_of("又", "1"), MANY) == 2
    for key in NEIGHBOURS:
        assert await texts(store, key) == [f"{key}", "又"]
    assert await store.notes.clear(NEIGHBOURS[0]) == 2
    assert await texts(store, NEIGHBOURS[0]) == []
    assert all([len(await texts(store, key)) == 2 for key in NEIGHBOURS[1:]])


async def test_refused_notes_change_nothing(store: ConversationStore) -> None:
    """记不下的没有留下什么。"""
    await store.notes.add(private(), note_of("甲", "1"), 1)
    assert await store.notes.add(private(), note_of("乙", "1"), 1) is Refusal.ENOUGH
    assert await texts(store, private()) == ["甲"]


async def test_a_crowd_never_passes_the_limit(store: ConversationStore) -> None:
    """许多人同时记，也不会超过上限。"""
    adding = [store.notes.add(group(), note_of(f"{n}", "1"), MANY) for n in range(60)]
    done = await asyncio.gather(*adding)
    assert done.count(Refusal.FULL) == 60 - MOST_NOTES
    assert len(await texts(store, group())) == MOST_NOTES


async def test_removing_one(store: ConversationStore) -> None:
    """忘记一条，其余不动；别的会话的编号动不了它。"""
    for text in ("甲", "乙", "丙"):
        await store.notes.add(private(), note_of(text, "1"), MANY)
    second = (await store.notes.of(private()))[1]
    assert not await store.notes.remove(private("2"), second.id)
    assert await store.notes.remove(private(), second.id)
    assert not await store.notes.remove(private(), second.id)
    assert await texts(store, private()) == ["甲", "丙"]


async def test_notes_outlive_a_reset_and_a_restart(path: Path) -> None:
    """忘记会话、关了再开，备忘都在；模型在忘掉的轮里记的也在。"""
    store = await ConversationStore.open(path)
    await store.notes.add(private(), note_of("甲", "1"), MANY)
    await store.append(private(), turn(), notes=[Note("乙", "1")])
    await store.forget(private())
    await store.aclose()
    store = await ConversationStore.open(path)
    assert await texts(store, private()) == ["甲", "乙"]
    await store.aclose()


async def test_a_note_of_the_model_follows_its_turn(store: ConversationStore) -> None:
    """撤销一轮，模型那时记的一起忘记；重答则归新的一轮；人记的不动。"""
    await store.notes.add(private(), note_of("人记的", "1"), MANY)
    (first,) = await fill(store, private(), 1)
    old = await store.append(private(), turn("旧"), notes=[Note("模型记的", "1")])
    new = await store.append(
        private(), turn("旧"), replaces=old, notes=[Note("又记的", "1")]
    )
    assert await texts(store, private()) == ["人记的", "模型记的", "又记的"]
    await store.remove(private(), first)
    assert len(await texts(store, private())) == 3
    await store.remove(private(), new)
    assert await texts(store, private()) == ["人记的"]
