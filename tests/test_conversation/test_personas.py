"""人设的存取与名字：各处互不相干，有限度。"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.naming import (
    MOST_PERSONAS,
    PERSONA_NAME,
    RESERVED,
    PersonaRefusal,
    persona_name,
)
from nonebot_plugin_glm.conversation.store import ConversationStore

from .builders import fill, group, member, private

PLACES = (private("1"), private("2"), group("9"), group("8"), group("9", bot_id="2"))


@given(st.text(max_size=40))
def test_persona_name(text: str) -> None:
    """合规矩的名字看得见、没有空白、不太长、没有别的用处。"""
    name = persona_name(text)
    if name is not None:
        assert 0 < len(name) <= PERSONA_NAME
        assert name not in RESERVED
        assert name.split() == [name]
        assert not any(unicodedata.category(char)[0] == "C" for char in name)
        assert persona_name(name) == name


@pytest.mark.parametrize(
    "text",
    ["", " ", "两 个", "a\nb", "a\u3000b", "a\u202eb", "字" * 33, *sorted(RESERVED)],
)
def test_bad_persona_name(text: str) -> None:
    """空的、有空白的、看不见的、太长的、另有用处的都不行。"""
    assert persona_name(text) is None


def test_name_is_written_one_way() -> None:
    """文件名里拆开的字母与声调，和打出来的是同一个名字。"""
    assert persona_name("cafe\u0301") == persona_name("café")


async def test_places_do_not_mix(store: ConversationStore) -> None:
    """各群、各人添的互不相干；各成员一份历史时，成员看到的是群的。"""
    for number, key in enumerate(PLACES):
        assert await store.personas.add(key, "猫", f"{number}") is None
    for number, key in enumerate(PLACES):
        assert await store.personas.of(key) == {"猫": f"{number}"}
    assert await store.personas.find(member("9", "1"), "猫") == "2"
    assert await store.personas.remove(PLACES[0], "猫")
    assert await store.personas.of(PLACES[0]) == {}
    assert await store.personas.find(PLACES[1], "猫") == "1"


async def test_adding_never_overwrites(store: ConversationStore) -> None:
    """添不会盖掉已有的，改只改已有的。"""
    assert await store.personas.add(group(), "猫", "甲") is None
    assert await store.personas.add(group(), "猫", "乙") is PersonaRefusal.EXISTS
    assert await store.personas.find(group(), "猫") == "甲"
    assert await store.personas.edit(group(), "猫", "丙") is None
    assert await store.personas.edit(group(), "狗", "丁") is PersonaRefusal.MISSING
    assert await store.personas.of(group()) == {"猫": "丙"}
    assert not await store.personas.remove(group(), "狗")


async def test_a_place_holds_so_many(store: ConversationStore) -> None:
    """添满之后别的地方照常。"""
    for number in range(MOST_PERSONAS):
        await store.personas.add(group(), f"{number}", "x")
    assert await store.personas.add(group(), "再", "x") is PersonaRefusal.FULL
    assert await store.personas.add(private(), "再", "x") is None


async def test_choice_is_of_the_conversation(path: Path) -> None:
    """选择属于那个会话，忘记与重启之后都在，可以撤回。"""
    store = await ConversationStore.open(path)
    await store.personas.choose(member("9", "1"), "猫")
    await fill(store, member("9", "1"), 1)
    await store.forget(member("9", "1"))
    await store.aclose()
    store = await ConversationStore.open(path)
    assert await store.personas.chosen(member("9", "1")) == "猫"
    assert (await store.read(member("9", "1"), 1)).persona == "猫"
    assert await store.personas.chosen(member("9", "2")) is None
    await store.personas.choose(member("9", "1"), None)
    assert await store.personas.chosen(member("9", "1")) is None
    await store.aclose()
