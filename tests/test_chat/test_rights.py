"""rights：抹去一个人胜过晚到的回答；别人排着队的提问里也不再有他。"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.prompt import labelled_remarks
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import ConversationKey, Question, Remark, Scope, Speaker
from nonebot_plugin_glm.exception import NetworkError, StoppedError, StoreError
from tests.patience import wait_until

from .builders import BOB, GROUP, OTHER_GROUP, Inbox, history, outcome, question
from .fake_client import FakeClient

HIM = Speaker("987654321", "甲")
PERSON = Person("qq", HIM.id)
PRIVATE = ConversationKey("qq", "10000", Scope.PRIVATE, "", HIM.id)


def quoting(text: str, key: ConversationKey = GROUP) -> Question:
    """乙的提问，引用了他的话。"""
    remarks = labelled_remarks("引用", [Remark(HIM, "他的话")])
    return replace(question(text, key, BOB), referred=remarks, overheard=remarks)


async def test_late_answers_lose(
    service: ChatService, store: ConversationStore, client: FakeClient, inbox: Inbox
) -> None:
    """他在途的与排队的都中止，晚到的回答不会留下；乙的照常。"""
    await service.ask(question("旧的", GROUP, HIM), inbox)
    client.hold()
    asked = [
        question("私聊", PRIVATE, HIM),
        question("群里", GROUP, HIM),
        question("乙问", GROUP, BOB),
        question("群里二", GROUP, HIM),
    ]
    asking = [asyncio.create_task(outcome(service.ask(q, Inbox()))) for q in asked]
    await client.busy_with(2)
    forgetting = asyncio.create_task(service.rights.forget(PERSON))
    await wait_until(lambda: client.cancelled == 2)
    client.gate.set()
    done = await forgetting
    assert (done.turns, done.stopped, done.clean) == (1, 3, True)
    assert await asyncio.gather(*asking) == [
        StoppedError,
        StoppedError,
        None,
        StoppedError,
    ]
    assert await history(store, GROUP) == [("乙问", "答：⟦乙｜2⟧ 乙问")]
    assert await history(store, PRIVATE) == []


async def test_waits_for_those_who_quote_him(
    service: ChatService, store: ConversationStore, client: FakeClient
) -> None:
    """别的群里正引用他的提问答完才抹，排在后面的先去掉引用：存下的都没有他。"""
    client.hold()
    asked = [quoting(f"提到 {HIM.id} 的{n}", OTHER_GROUP) for n in range(2)]
    asking = [asyncio.create_task(service.ask(q, Inbox())) for q in asked]
    await client.entered.wait()
    forgetting = asyncio.create_task(service.rights.forget(PERSON))
    queue = service._asking.queue
    await wait_until(lambda: bool(queue.find(lambda t: "某人" in t.question.text)))
    assert not forgetting.done()
    client.script.extend(["好", "好"])
    client.gate.set()
    await forgetting
    await asyncio.gather(*asking)
    stored = await store.newest(OTHER_GROUP, 9)
    assert [(s.turn.question, s.turn.referred) for s in stored] == [
        ("提到 某人 的0", ""),
        ("提到 某人 的1", ""),
    ]
    assert all(HIM.id not in request for request in client.questions[1:])


async def test_failed_questions_go(service: ChatService, client: FakeClient) -> None:
    """刚失败的提问，他问的与引用他的，都不能再重答；别人的还可以。"""
    other = ConversationKey("qq", "10000", Scope.PRIVATE, "", BOB.id)
    for asked in (
        question("他的", PRIVATE, HIM),
        quoting("引用他"),
        question("乙的", other, BOB),
    ):
        client.script.append(NetworkError("断了"))
        assert await outcome(service.ask(asked, Inbox())) is NetworkError
    await service.rights.forget(PERSON)
    assert await service.retriable(PRIVATE) is None
    assert await service.retriable(GROUP) is None
    assert await service.retriable(other) is not None


async def test_untidied_file_is_told(
    service: ChatService,
    store: ConversationStore,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """磁盘不够、文件整理不了时，话照样忘记，也如实说。"""

    async def scrub() -> None:
        raise StoreError("磁盘满了")

    monkeypatch.setattr(store.records, "scrub", scrub)
    await service.ask(question("旧的", PRIVATE, HIM), inbox)
    done = await service.rights.forget(PERSON)
    assert (done.turns, done.clean) == (1, False)
    assert await history(store, PRIVATE) == []


async def test_export(service: ChatService, inbox: Inbox) -> None:
    """取出的从旧到新，窗口之外的也在，别的会话的不在。"""
    for number in range(70):
        await service.ask(question(f"{number}", PRIVATE, HIM), inbox)
    await service.ask(question("群里", GROUP, HIM), inbox)
    record = await service.rights.export(PRIVATE)
    assert [s.turn.question for s in record.turns] == [str(n) for n in range(70)]
    assert record.turns[0].at <= record.turns[-1].at
