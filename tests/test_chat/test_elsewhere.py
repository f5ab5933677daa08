"""两个进程共用一个 PostgreSQL：一处的重置、中止与撤回，另一处的提问也照办。"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import anyio
import pytest

from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.results import Recalled
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.traces import Person
from nonebot_plugin_glm.domain import Answer, ConversationKey, Question, Speaker
from nonebot_plugin_glm.exception import GLMError, NetworkError, StoppedError
from tests.patience import wait_until
from tests.postgresql import PostgreSQLServer

from .builders import (
    ALICE,
    BOB,
    GROUP,
    MEMBER,
    OTHER_GROUP,
    Inbox,
    chat_settings,
    history,
    outcome,
    question,
    service_of,
)
from .fake_client import FakeClient

MERGE = QueueLimits(merge_seconds=60)
Ending = asyncio.Task[type[GLMError] | None]


@dataclass
class Process:
    """一个机器人进程。"""

    store: ConversationStore
    client: FakeClient
    service: ChatService
    inbox: Inbox

    @classmethod
    async def start(cls, url: str) -> Process:
        """连上，听着。"""
        store, client = await ConversationStore.open(url), FakeClient()
        service = service_of(store, client, chat_settings(), MERGE)
        await service.elsewhere.settle()
        return cls(store, client, service, Inbox())

    def begin(self, asked: Question) -> Ending:
        """开始问。"""
        return asyncio.create_task(outcome(self.service.ask(asked, self.inbox)))

    async def hold(self, asked: Question) -> Ending:
        """问到 GLM 那里停住。"""
        self.client.hold()
        asking = self.begin(asked)
        await self.client.busy_with(1)
        return asking

    def age(self) -> None:
        """在途的都是一分钟之前问的：再忙的机器上也早于别处接着说的。"""
        for ticket in self.service._asking.queue.everyone():
            ticket.spoken_at -= 60

    async def settle_until(self, done: asyncio.Future[Any]) -> None:
        """不时听一听，直到一件事做完。"""
        while not done.done():
            await self.service.elsewhere.settle()


@pytest.fixture
async def processes(postgresql: str) -> AsyncIterator[list[Process]]:
    """这里与别处。"""
    processes = [await Process.start(postgresql) for _ in range(2)]
    yield processes
    for process in processes:
        assert process.service._asking.queue._lanes == {}
        await process.service.aclose()


def said(
    text: str, message_id: str, key: ConversationKey = GROUP, who: Speaker = ALICE
) -> Question:
    """带着编号的一句话。"""
    return replace(question(text, key, who), message_ids=(message_id,))


async def test_reset_stops_the_answer_elsewhere(processes: list[Process]) -> None:
    """一处重置，另一处在答的、在排的都停下，没有说出来，也不在历史里。"""
    ours, theirs = processes
    await theirs.service.ask(question("旧", GROUP), Inbox())
    asking = [await theirs.hold(question("在答", GROUP))]
    asking.append(theirs.begin(question("在排", GROUP, BOB)))
    await wait_until(lambda: theirs.service.has_asked(GROUP, BOB.id))
    theirs.age()
    resetting = asyncio.create_task(ours.service.reset(GROUP))
    await theirs.settle_until(resetting)
    assert (await resetting).turns == 1
    assert await asyncio.gather(*asking) == [StoppedError] * 2
    assert theirs.inbox.texts == []
    assert await history(ours.store, GROUP) == []


async def test_waiting_question_is_stopped_before_it_is_asked(
    processes: list[Process],
) -> None:
    """排在别处后面的，重置之后才轮到：不去问 GLM。"""
    ours, theirs = processes
    running = await ours.hold(question("在答", GROUP))
    waiting = theirs.begin(question("在排", GROUP))
    await wait_until(lambda: theirs.service.is_busy(GROUP))
    theirs.age()
    assert await ours.service.reset(GROUP)
    assert await asyncio.gather(running, waiting) == [StoppedError] * 2
    assert theirs.client.requests == []


async def test_asked_after_the_reset(processes: list[Process]) -> None:
    """重置说完了才问的，听到得再晚也不停。"""
    ours, theirs = processes
    await ours.service.reset(GROUP)
    await ours.service.stop(GROUP)
    asking = await theirs.hold(question("新", GROUP))
    await theirs.service.elsewhere.settle()
    theirs.client.gate.set()
    assert await asking is None
    assert await history(ours.store, GROUP) == [("新", "答：⟦甲｜1⟧ 新")]


async def test_reset_of_a_group_and_its_members(processes: list[Process]) -> None:
    """重置一个群，别处各成员的会话里的也停下；别的群照常。"""
    ours, theirs = processes
    await theirs.service.ask(question("旧", MEMBER), Inbox())
    member = await theirs.hold(question("在答", MEMBER))
    other = theirs.begin(question("别的群", OTHER_GROUP))
    theirs.age()
    resetting = asyncio.create_task(ours.service.reset_group(GROUP))
    await theirs.settle_until(member)
    assert await member is StoppedError
    assert (await resetting).turns == 1
    theirs.client.gate.set()
    assert await other is None
    assert await history(ours.store, MEMBER) == []


async def test_reset_of_a_group_waits_for_its_members(
    processes: list[Process],
) -> None:
    """别处某个成员的回答来不及停下：等它答完，一起忘记。"""
    ours, theirs = processes
    await theirs.service.ask(question("旧", MEMBER), Inbox())
    member = await theirs.hold(question("在答", MEMBER))
    resetting = asyncio.create_task(ours.service.reset_group(GROUP))
    await wait_until(lambda: MEMBER in ours.service._asking.queue.keys)
    theirs.client.gate.set()
    assert await member is None
    assert (await resetting).turns == 2
    assert await history(ours.store, MEMBER) == []


async def test_stop_elsewhere(processes: list[Process]) -> None:
    """中止自己的：别处只停自己的；说得出别处正在答。"""
    ours, theirs = processes
    bobs = await theirs.hold(question("乙", GROUP, BOB))
    alices = theirs.begin(question("甲", GROUP, ALICE))
    await wait_until(lambda: theirs.service.has_asked(GROUP, ALICE.id))
    theirs.age()
    assert await ours.service.elsewhere.is_answering(GROUP)
    assert not await ours.service.elsewhere.is_answering(OTHER_GROUP)
    assert not await theirs.service.elsewhere.is_answering(GROUP)
    assert await ours.service.stop(GROUP, ALICE.id) == 0
    await theirs.settle_until(alices)
    assert await alices is StoppedError
    theirs.client.gate.set()
    assert await bobs is None


async def test_blocked_elsewhere(processes: list[Process]) -> None:
    """屏蔽一个人、关掉一个群，别处在答的也停下。"""
    ours, theirs = processes
    for stop in (
        ours.service.stop_person(GROUP.platform, ALICE.id),
        ours.service.stop_group(GROUP),
    ):
        asking = await theirs.hold(question("问", MEMBER))
        theirs.age()
        await stop
        await theirs.settle_until(asking)
        assert await asking is StoppedError
    assert theirs.inbox.texts == []


async def test_recall_elsewhere(processes: list[Process]) -> None:
    """在别处正在答的撤回：停下，看到的收回，不留历史。"""
    ours, theirs = processes
    asking = await theirs.hold(said("说漏嘴", "7"))
    assert await ours.service.recall(GROUP, "7") == Recalled()
    await theirs.settle_until(asking)
    assert await asking is StoppedError
    assert (theirs.inbox.texts, theirs.inbox.withdrawn) == ([], 1)
    assert await theirs.service.elsewhere.settle() == []
    assert await history(ours.store, GROUP) == []


async def test_recalled_before_it_came(processes: list[Process]) -> None:
    """撤回先到一处，提问后到另一处：不答；失败了的也不能重答。"""
    ours, theirs = processes
    theirs.client.script.append(NetworkError("断了"))
    assert await theirs.begin(said("失败", "6")) is NetworkError
    await ours.service.recall(GROUP, "6")
    await ours.service.recall(GROUP, "7")
    await theirs.service.elsewhere.settle()
    assert await theirs.begin(said("说漏嘴", "7")) is StoppedError
    assert len(theirs.client.requests) == 1
    assert await theirs.service.retriable(GROUP) is None


async def test_recalled_just_before_it_was_answered(processes: list[Process]) -> None:
    """别处听到时已经答完了：那一轮还是忘记，回答也交出去撤回。"""
    ours, theirs = processes
    asking = await theirs.hold(said("说漏嘴", "7"))
    assert await ours.service.recall(GROUP, "7") == Recalled()
    theirs.client.gate.set()
    assert await asking is None
    assert await history(ours.store, GROUP) == [("说漏嘴", "答：⟦甲｜1⟧ 说漏嘴")]
    assert await theirs.service.elsewhere.settle() == [Recalled(GROUP, ("a1",))]
    assert await history(ours.store, GROUP) == []
    assert await theirs.service.elsewhere.settle() == []


async def test_recalled_while_it_is_delivered(processes: list[Process]) -> None:
    """别处听到时正在交出：交出被打断，等它退出了再忘记。"""
    ours, theirs = processes
    delivering, release = asyncio.Event(), asyncio.Event()

    async def deliver(answer: Answer) -> None:
        delivering.set()
        try:
            await asyncio.Event().wait()
        finally:
            with anyio.CancelScope(shield=True):
                await release.wait()

    theirs.inbox = Inbox(deliver)
    asking = await theirs.hold(said("说漏嘴", "7"))
    assert await ours.service.recall(GROUP, "7") == Recalled()
    theirs.client.gate.set()
    await delivering.wait()
    assert len(await history(ours.store, GROUP)) == 1
    for _ in range(2):
        assert await theirs.service.elsewhere.settle() == []
    release.set()
    assert await asking is StoppedError
    assert await theirs.service.elsewhere.settle() == [Recalled(GROUP)]
    assert await history(ours.store, GROUP) == []


async def test_one_merged_piece_is_recalled_elsewhere(
    processes: list[Process],
) -> None:
    """并在一起的撤回了一句：只答剩下的。"""
    ours, theirs = processes
    asking = await theirs.hold(said("留下的", "6"))
    assert theirs.service.join(said("说漏嘴", "7"))
    await ours.service.recall(GROUP, "7")
    await theirs.service.elsewhere.settle()
    theirs.client.gate.set()
    assert await asking is None
    assert [q for q, _ in await history(ours.store, GROUP)] == ["留下的"]


async def test_forget_me_stops_elsewhere(processes: list[Process]) -> None:
    """抹去一个人：他在别处的提问也停下，不会又存下。"""
    ours, theirs = processes
    await theirs.service.ask(question("旧", GROUP), Inbox())
    asking = await theirs.hold(question("在答", GROUP))
    theirs.age()
    person = Person(GROUP.platform, ALICE.id)
    forgetting = asyncio.create_task(ours.service.rights.forget(person))
    await theirs.settle_until(forgetting)
    assert await asking is StoppedError
    assert (await forgetting).turns == 1
    assert await history(ours.store, GROUP) == []


@pytest.mark.parametrize("which", ["", "epoch"])
async def test_claim_lost_in_mid_answer(
    processes: list[Process],
    postgresql: str,
    server_of_databases: PostgreSQLServer,
    which: str,
) -> None:
    """答到一半连接被掐断，会话丢了：别处也能答；两边的轮都在，按存的先后，一问一答。"""
    ours, theirs = processes
    await ours.service.ask(question("一", GROUP), ours.inbox)
    running = await ours.hold(question("先问", GROUP))
    server_of_databases.cut(postgresql, which)
    theirs.inbox = ours.inbox
    await theirs.service.ask(question("后问", GROUP), theirs.inbox)
    waiting = ours.begin(question("再问", GROUP, BOB))
    await ours.service.elsewhere.settle()
    ours.client.gate.set()
    assert await asyncio.gather(running, waiting) == [None, None]
    await theirs.service.ask(question("末", GROUP), theirs.inbox)
    found = await history(theirs.store, GROUP)
    assert [asked for asked, _ in found] == ["一", "后问", "先问", "再问", "末"]
    assert [answer for _, answer in found] == ours.inbox.texts
    assert all(answer.saved for answer in ours.inbox.answers)
    prompt = [m.content for m in theirs.client.requests[-1].messages]
    assert [text for text in prompt if text.startswith("答")] == ours.inbox.texts[:-1]
