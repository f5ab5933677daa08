"""erasing：抹去一个人之后，文件里搜不到他的号码与他的话；别人的一句不少。"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from nonebot_plugin_glm.conversation.database import Database
from nonebot_plugin_glm.conversation.erasing import Erased
from nonebot_plugin_glm.conversation.prompt import labelled_remarks
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.summary import Fold
from nonebot_plugin_glm.conversation.tables import (
    conversations,
    lifts,
    notes,
    personas,
    requests,
)
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import ConversationKey, Remark, Scope, Speaker, Turn

from .archives import contents
from .builders import EVERYTHING, fill, group, member, private, turn, window

HIM, OTHER = Speaker("987654321", "机密的名字"), Speaker("123456789", "乙")
PERSON = Person("qq", HIM.id)
HIS = (private(HIM.id), private(HIM.id, bot_id="20000"), member("9", HIM.id))


@pytest.fixture
async def store(database: Database) -> ConversationStore:
    """新的历史。"""
    return ConversationStore(database)


def found(path: Path, *words: str) -> list[str]:
    """数据目录的哪些文件里有哪些字。"""
    return [
        f"{file.name}：{word}"
        for file in path.iterdir()
        for word in words
        if word.encode() in file.read_bytes()
    ]


async def add(database: Database, table: Table, **row: Any) -> None:
    """存一行。"""
    await database.write(lambda c: c.execute(insert(table).values(**row)))


async def add_note(
    store: ConversationStore, database: Database, key: ConversationKey, **row: Any
) -> None:
    """记一条备忘。"""
    await store.choose_model(key, None)
    which = select(conversations.c.id).where(
        conversations.c.group_id == key.group_id,
        conversations.c.user_id == key.user_id,
        conversations.c.bot_id == key.bot_id,
    )
    identity = await database.read(lambda c: c.execute(which).scalar_one())
    await add(database, notes, conversation_id=identity, created_at=1.0, **row)


async def forget(store: ConversationStore) -> Erased:
    """抹去他，整理文件。"""
    erased = await store.records.erase(PERSON)
    await store.records.scrub()
    return erased


@pytest.mark.parametrize("where", ["sqlite"], indirect=True)
async def test_nothing_of_his_is_left(
    store: ConversationStore, database: Database, tmp_path: Path
) -> None:
    """各种会话、备忘、人设、账本、引用、摘要：文件里什么也搜不到，正在用着也一样。"""
    for key in (*HIS, group("9")):
        asked = turn("机密的一个提问", "机密的回答", HIM)
        await store.append(key, asked, message_ids=["7"])
    await add_note(store, database, group("9"), text="机密备忘", author_id=HIM.id)
    await add_note(store, database, HIS[0], text="机密备忘", author_id=HIM.id)
    owner = {"platform": "qq", "bot_id": "10000", "group_id": ""}
    named = {"user_id": HIM.id, "name": "机密"}
    await add(database, personas, **owner, **named, text="机密人设")
    await add(database, requests, **request(HIM))
    lifted = {"day": "2026-11-01", "kind": "user", "platform": "qq", "bot_id": ""}
    await add(database, lifts, **lifted, identity=HIM.id)
    quoting = labelled_remarks("引用", [Remark(HIM, "机密的话")])
    told = f"答{HIM.id}你好：机密的话"
    asked = Turn(f"问@{HIM.id}", told, OTHER, referred=quoting)
    await store.append(group("8"), asked)
    await store.append(group("9"), turn("他问过什么", "他问过：机密的一个提问", OTHER))
    summed = update(conversations).values(summary="机密摘要")
    await database.write(
        lambda c: c.execute(summed.where(conversations.c.group_id == "9"))
    )
    assert found(tmp_path, "机密", HIM.id)
    assert await forget(store) == Erased(4, 2)
    assert found(tmp_path, "机密", HIM.id) == []
    kept = (await store.newest(group("8"), 1))[0].turn
    assert kept == Turn("问@某人", "答某人你好：（已忘记）", OTHER)
    bills = (await contents(database))["glm_request"]
    assert [(bill["user_id"], bill["cost"]) for bill in bills] == [("", 7)]


def request(speaker: Speaker, **changes: Any) -> dict[str, Any]:
    """一笔账。"""
    counts = ("prompt", "cached", "completion", "reasoning")
    return {
        "day": "2026-11-01",
        "purpose": "chat",
        "model": "m",
        "platform": "qq",
        "bot_id": "10000",
        "group_id": "9",
        "user_id": speaker.id,
        "user_name": speaker.name,
        **{f"{name}_tokens": 1 for name in counts},
        "cost": 7,
        **changes,
    }


async def test_others_keep_everything(
    store: ConversationStore, database: Database
) -> None:
    """别人的轮、备忘、账，别的平台上号码相同的人，都原样不动。"""
    elsewhere = Speaker(HIM.id, "丙")
    others = [
        (group("9"), OTHER),
        (member("9", OTHER.id), OTHER),
        (private(OTHER.id), OTHER),
        (private(HIM.id, platform="telegram"), elsewhere),
        (group("9", platform="telegram"), elsewhere),
    ]
    for key, speaker in others:
        await store.append(key, turn(f"{speaker.name}的话", speaker=speaker))
    await add_note(store, database, group("8"), text="乙记的", author_id=OTHER.id)
    await add(database, requests, **request(OTHER))
    await add(database, requests, **request(elsewhere, platform="telegram"))
    before = await contents(database)
    for key in HIS:
        await store.append(key, turn("他的话", speaker=HIM))
    await forget(store)
    assert await contents(database) == before


async def test_window_goes_on(store: ConversationStore) -> None:
    """窗口里只剩他的轮时退回到更早的；没有的人抹去零轮。"""
    ids = await fill(store, group("9"), 2)
    await store.move_window(group("9"), ids[1] + 1)
    await store.append(group("9"), turn("他的", speaker=HIM))
    assert await forget(store) == Erased(1, 0)
    assert await window(store, group("9")) == ["问0", "问1"]
    assert await forget(store) == Erased(0, 0)


async def test_quoted_answers(store: ConversationStore) -> None:
    """别人引用了给他的回答，也去掉；别人自己得到的回答还在。"""
    await store.append(group("9"), turn("他的", "**给他**的：回答", HIM))
    own = Speaker("10000", "机器人")
    quotes = [
        Remark(own, "给他的：回答", own=True),
        Remark(own, "给乙的回答", own=True),
    ]
    asked = Turn("乙问", "答", OTHER, referred=labelled_remarks("引用", quotes))
    await store.append(group("9"), asked)
    await forget(store)
    (stored,) = (await store.read(group("9"), EVERYTHING)).turns
    assert stored.turn.referred == labelled_remarks("引用", quotes[1:])


async def test_who_has_his_words(store: ConversationStore, database: Database) -> None:
    """他的轮撤销了，账本还记得他在那个群问过：那里的摘要说不清有没有他。"""
    await fill(store, group("9"), 1)
    await fill(store, group("8"), 1)
    await store.append(member("9", HIM.id), turn(speaker=HIM))
    await add(database, requests, **request(HIM))
    kept = await store.records.conversations_of(PERSON)
    assert set(kept) == {group("9"), member("9", HIM.id)}


@pytest.mark.parametrize("seed", range(3))
async def test_no_stale_copies(
    store: ConversationStore, tmp_path: Path, seed: int
) -> None:
    """存了又删、页面拆合过许多次的文件，也一个字节不留：只靠 secure_delete 会漏。"""
    chance = random.Random(seed)
    keys = [group(str(number)) for number in range(5)]
    for number in range(250):
        who = chance.choice([HIM, OTHER, OTHER])
        words = "机密" if who is HIM else "平常"
        asked = turn(words * chance.randrange(1, 40), words * 3, who)
        last = await store.append(chance.choice(keys), asked)
        if chance.random() < 0.4:
            where = chance.choice(keys)
            await store.remove(where, chance.randrange(max(1, last - 60), last + 1))
        if number % 90 == 89:
            await store.forget(chance.choice(keys))
    await forget(store)
    assert found(tmp_path, "机密", HIM.id) == []


async def test_expiring(database: Database, tmp_path: Path) -> None:
    """过期的轮不留，没有轮了的会话摘要也不留；那时的账还在，只是不知道是谁的。"""
    now = 1_700_000_000.0
    store = ConversationStore(database, lambda: now)
    await store.append(private("1"), turn("机密旧的"))
    await store.append(group("9"), turn("机密旧的"))
    summed = update(conversations).values(summary="机密摘要")
    await database.write(lambda c: c.execute(summed))
    await add(database, requests, **request(OTHER, day="2023-11-14"))
    await add(database, requests, **request(OTHER, day="2023-11-15"))
    before = now + 3600
    now += 7200
    await store.append(group("9"), turn("新的"))
    assert await store.records.expire(before) == 2
    assert await window(store, group("9")) == ["新的"]
    assert await window(store, private("1")) == []
    summaries = [
        row["summary"] for row in (await contents(database))["glm_conversation"]
    ]
    assert sorted(summaries) == ["", "机密摘要"]
    bills = (await contents(database))["glm_request"]
    assert [(b["day"], b["user_id"]) for b in bills] == [
        ("2023-11-14", ""),
        ("2023-11-15", OTHER.id),
    ]
    assert found(tmp_path, "机密旧的") == []


async def test_expired_words_leave_the_summary(database: Database) -> None:
    """还在聊的会话，摘要里有过期的轮就作废；窗口空了的，之后的轮仍在窗口里。"""
    now = 1.0
    store = ConversationStore(database, lambda: now)
    ids = await fill(store, group("9"), 3)
    fold = Fold(0, ids[2])
    assert await store.summaries.fold(group("9"), fold, ids[:2], "机密摘要")
    now = 9.0
    await store.append(group("9"), turn("新的"))
    assert await store.records.expire(5.0) == 3
    conversation = await store.read(group("9"), 9)
    assert (conversation.summary, conversation.summarized) == ("", 0)
    assert await store.records.expire(10.0) == 1
    await store.append(group("9"), turn("以后的"))
    assert await window(store, group("9")) == ["以后的"]


async def test_expiring_many(database: Database) -> None:
    """几批才删得完的也删完。"""
    store = ConversationStore(database, lambda: 1.0)
    key = ConversationKey("qq", "1", Scope.PRIVATE, "", "1")
    await fill(store, key, 1203)
    assert await store.records.expire(2.0) == 1203
    assert await store.count(key) == 0
