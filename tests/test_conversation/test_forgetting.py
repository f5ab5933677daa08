"""忘记一个会话或一个群，绝不殃及别的会话。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import ConversationKey

from .builders import NEIGHBOURS, fill, group, member, private, turn, window


async def counts(store: ConversationStore) -> dict[ConversationKey, int]:
    """各个会话存下的轮数。"""
    return {key: await store.count(key) for key in NEIGHBOURS}


@pytest.mark.parametrize("key", NEIGHBOURS)
async def test_forget_touches_one_conversation(
    store: ConversationStore, key: ConversationKey
) -> None:
    """忘记一个会话，其他的一轮不少。"""
    for other in NEIGHBOURS:
        await fill(store, other, 2)
    assert await store.forget(key) == 2
    assert await counts(store) == {k: 0 if k == key else 2 for k in NEIGHBOURS}


@pytest.mark.parametrize("asked", [group("9"), member("9", "1"), member("9", "7")])
async def test_forget_group(store: ConversationStore, asked: ConversationKey) -> None:
    """忘记一个群：共用的与每个成员的都忘，别的群、私聊、别的账号都不动。"""
    for key in NEIGHBOURS:
        await fill(store, key, 2)
    ours = {group("9"), member("9", "1"), member("9", "2")}
    assert await store.forget_group(asked) == 6
    assert await counts(store) == {k: 0 if k in ours else 2 for k in NEIGHBOURS}


async def test_forget_group_resets_every_window(store: ConversationStore) -> None:
    """群里每个会话的窗口都从头开始，别的群的窗口不动。"""
    keys = (group("9"), member("9", "1"), group("8"))
    for key in keys:
        await fill(store, key, 2)
        await store.move_window(key, 10**6)
    await store.forget_group(group("9"))
    for key in keys:
        await store.append(key, turn("新"))
    assert [await window(store, key) for key in keys] == [["新"], ["新"], []]


async def test_private_chat_is_not_a_group(store: ConversationStore) -> None:
    """私聊没有群：按群忘记不动任何一个私聊。"""
    for key in NEIGHBOURS:
        await fill(store, key, 1)
    assert await store.forget_group(private("1")) == 0
    assert set((await counts(store)).values()) == {1}


async def test_forgetting_nothing(store: ConversationStore) -> None:
    """没有说过话的会话与群，忘记零轮。"""
    assert await store.forget(group("404")) == 0
    assert await store.forget_group(group("404")) == 0
