"""中止：自己的，或所有人的；中止的提问不留痕迹。"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Scope
from nonebot_plugin_glm.exception import GLMError, StoppedError
from tests.fake_glm import FakeGLM, faults
from tests.patience import wait_until

from .builders import (
    ALICE,
    BOB,
    GROUP,
    OTHER_GROUP,
    Inbox,
    history,
    outcome,
    question,
)
from .fake_client import FakeClient


async def start(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> list[asyncio.Task[type[GLMError] | None]]:
    """甲、乙、甲依次在群里问，甲的第一个正在等 GLM。"""
    client.hold()
    asking = [
        asyncio.create_task(outcome(service.ask(question(text, GROUP, who), inbox)))
        for text, who in (("甲一", ALICE), ("乙一", BOB), ("甲二", ALICE))
    ]
    await client.entered.wait()
    return asking


@pytest.mark.parametrize(
    ("who", "count", "survivors"),
    [
        (ALICE.id, 2, ["乙一"]),
        (BOB.id, 1, ["甲一", "甲二"]),
        (None, 3, []),
        ("7", 0, ["甲一", "乙一", "甲二"]),
    ],
)
async def test_stop_own_or_all(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    inbox: Inbox,
    who: str | None,
    count: int,
    survivors: list[str],
) -> None:
    """只中止指定的人的提问，在答的、在排的都算；其余照常答。"""
    asking = await start(service, client, inbox)
    assert service.is_busy(GROUP)
    assert await service.stop(OTHER_GROUP, who) == 0
    assert await service.stop(GROUP, who) == count
    client.gate.set()
    results = await asyncio.gather(*asking)
    assert results.count(StoppedError) == count
    assert [q for q, _ in await history(store, GROUP)] == survivors
    assert len(inbox.texts) == len(survivors)
    assert not service.is_busy(GROUP)


async def test_stopped_question_is_not_retriable(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """被中止的提问不算失败的提问。"""
    await service.ask(question("从前", GROUP), inbox)
    asking = await start(service, client, inbox)
    await service.stop(GROUP)
    await asyncio.gather(*asking)
    retriable = await service.retriable(GROUP)
    assert retriable is not None
    assert retriable.question.text == "从前"


@pytest.mark.parametrize(
    "fault", [faults.Slow(30), faults.Stall(30), faults.Stall(30, chunks=2)]
)
async def test_stopping_hangs_up(
    online: ChatService,
    store: ConversationStore,
    glm: FakeGLM,
    inbox: Inbox,
    fault: faults.Fault,
) -> None:
    """中止就挂断与 GLM 的连接，不等它说完；之后照常能问。"""
    glm.script(fault)
    asking = asyncio.create_task(outcome(online.ask(question("旧", GROUP), inbox)))
    await glm.wait_for_chats(1)
    assert await online.stop(GROUP) == 1
    assert await asking is StoppedError
    await wait_until(lambda: (glm.disconnects, glm.in_flight) == (1, 0))
    await online.ask(question("新", GROUP), inbox)
    assert [q for q, _ in await history(store, GROUP)] == ["新"]


async def test_stop_a_group_with_all_its_members(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """各成员的会话里的也中止；别的群照常。"""
    client.hold()
    keys = [GROUP, replace(GROUP, scope=Scope.MEMBER, user_id=BOB.id), OTHER_GROUP]
    asking = [
        asyncio.create_task(outcome(service.ask(question("问", key, ALICE), inbox)))
        for key in keys
    ]
    await client.entered.wait()
    await asyncio.sleep(0)
    assert service.has_asked(OTHER_GROUP, ALICE.id)
    assert not service.is_hearing(OTHER_GROUP, ALICE.id)
    assert not service.has_asked(OTHER_GROUP, BOB.id)
    await service.stop_group(GROUP)
    client.gate.set()
    assert await asyncio.gather(*asking) == [StoppedError, StoppedError, None]
    assert not service.has_asked(OTHER_GROUP, ALICE.id)


async def test_stop_a_person_everywhere(
    service: ChatService, client: FakeClient, inbox: Inbox
) -> None:
    """一个人在各处的提问都中止，别人的照常。"""
    asking = await start(service, client, inbox)
    elsewhere = question("问", OTHER_GROUP, ALICE)
    asking.append(asyncio.create_task(outcome(service.ask(elsewhere, inbox))))
    await asyncio.sleep(0)
    await service.stop_person(GROUP.platform, ALICE.id)
    client.gate.set()
    stopped = [StoppedError, None, StoppedError, StoppedError]
    assert await asyncio.gather(*asking) == stopped
