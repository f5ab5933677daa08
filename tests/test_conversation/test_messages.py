"""messages 与 places：消息找得到它的轮，群的选择记得住。"""

from __future__ import annotations

from pathlib import Path

from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.places import PlaceStore
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import place_of

from .builders import group, member, private, turn


async def test_question_and_answer_are_found(path: Path) -> None:
    """提问的消息随轮存下，回答的消息记下就找得到，重开之后也是。"""
    store = await ConversationStore.open(path)
    turn_id = await store.append(group(), turn(), message_ids=["q1", "q2"])
    store.messages.note(turn_id, ["a1"])
    await store.aclose()
    store = await ConversationStore.open(path)
    for message, own in (("q1", False), ("q2", False), ("a1", True)):
        found = await store.messages.find(member(), message)
        assert found is not None
        assert (found.key, found.stored.id, found.own) == (group(), turn_id, own)
        assert found.answers == ("a1",)
    await store.aclose()


async def test_accounts_are_apart(path: Path) -> None:
    """别的账号、别的平台同样的编号是别的消息。"""
    store = await ConversationStore.open(path)
    await store.append(group(), turn(), message_ids=["1"])
    assert await store.messages.find(group(bot_id="20000"), "1") is None
    assert await store.messages.find(group(platform="telegram"), "1") is None
    assert await store.messages.find(group(), "2") is None
    await store.aclose()


async def test_forgotten_turns_have_no_messages(path: Path) -> None:
    """轮忘记了，消息也找不到；晚到的回答编号什么也不记。"""
    store = await ConversationStore.open(path)
    turn_id = await store.append(private(), turn(), message_ids=["q"])
    await store.forget(private())
    store.messages.note(turn_id, ["a"])
    assert await store.messages.find(private(), "q") is None
    assert await store.messages.find(private(), "a") is None
    await store.aclose()


async def test_replaced_turn_hands_its_question_over(path: Path) -> None:
    """重答之后，提问的消息归新的一轮。"""
    store = await ConversationStore.open(path)
    old = await store.append(private(), turn(), message_ids=["q"])
    new = await store.append(private(), turn(answer="新"), replaces=old)
    found = await store.messages.find(private(), "q")
    assert found is not None
    assert found.stored.id == new
    await store.aclose()


async def test_places_are_remembered(path: Path) -> None:
    """群的选择与屏蔽的人，改得了，撤得掉，重开之后还在。"""
    database = await Database.open(path)
    places = PlaceStore(database)
    here, there = place_of(group("9")), place_of(group("8"))
    await places.choose(here, "scope", "member")
    await places.choose(here, "scope", "group")
    await places.choose(there, "enabled", "off")
    await places.choose(there, "enabled", None)
    await places.block("qq", "5", on=True)
    await places.block("qq", "5", on=True)
    await places.block("qq", "6", on=True)
    await places.block("qq", "6", on=False)
    await database.aclose()
    database = await Database.open(path)
    places = PlaceStore(database)
    assert await places.choices() == {here: {"scope": "group"}}
    assert await places.blocked() == {("qq", "5")}
    await database.aclose()
