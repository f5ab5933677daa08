"""账：每个报了用量的请求一笔，恰好一笔；命中缓存的按命中的价。"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nonebot_plugin_glm.api.prices import PriceList
from nonebot_plugin_glm.api.tools import Reply
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import Account
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Answer, Usage
from nonebot_plugin_glm.exception import NetworkError, StoppedError
from tests.fake_glm import FakeGLM, faults
from tests.outside import carry_out, full

from .builders import (
    ALICE,
    GROUP,
    PRIVATE,
    Inbox,
    chat_settings,
    outcome,
    question,
    real_client,
    service_of,
)
from .fake_client import FakeClient

WASTED = Usage(50, 10, 5, 5)


@pytest.fixture
def rows(where: Path | str) -> Any:
    """账上的若干列，从旧到新。"""

    def read(columns: str) -> list[Any]:
        return carry_out(where, f"SELECT {columns} FROM glm_request ORDER BY id")

    return read


async def test_cached_tokens_cost_the_price_of_a_hit(
    store: ConversationStore, glm: FakeGLM, rows: Any
) -> None:
    """接口报的用量原样入账，命中缓存的按命中的价；人、群、模型都在账上。"""
    client = real_client(glm, patience=5)
    service = service_of(store, client, replace(chat_settings(), model="glm-5.3"))
    for _ in range(2):
        await service.ask(question("长" * 1000, GROUP), Inbox())
    await client.aclose()
    first, second = rows("prompt_tokens, cached_tokens, completion_tokens, cost")
    assert first[1] == 0
    assert second[1] > 1000
    for prompt, cached, completion, cost in (first, second):
        assert cost == (prompt - cached) * 8 + cached * 2 + completion * 28
    whose = "purpose, model, platform, bot_id, group_id, user_id, user_name"
    assert rows(whose)[0] == ("chat", "glm-5.3", "qq", "10000", "9", "1", "甲")


async def test_fallback_is_billed_as_itself(
    store: ConversationStore, glm: FakeGLM, rows: Any
) -> None:
    """过载换了模型：记的是答的那个，被拒绝的请求不在账上。"""
    client = real_client(glm, retries=0)
    service = service_of(store, client)
    glm.script(faults.Error.of(1305))
    await service.ask(question(), Inbox())
    await client.aclose()
    assert rows("purpose, model") == [("chat", "glm-4-flash-250414")]


FAULTS = {
    "refused": (faults.Error.of("1301"), []),
    "cut": (faults.CutStream(), []),
    "thought too long": (faults.Content("", "length"), [("failed",)]),
}


@pytest.mark.parametrize(("fault", "billed"), FAULTS.values(), ids=FAULTS)
async def test_failed_questions(
    online: ChatService, glm: FakeGLM, rows: Any, fault: faults.Fault, billed: Any
) -> None:
    """失败的提问：没有报用量的不在账上，报了的记作没有答成。"""
    glm.always(fault)
    assert await outcome(online.ask(question(), Inbox())) is not None
    assert rows("purpose") == billed
    assert await online.newest_turns(PRIVATE, 9) == []


async def test_wasted_attempts_go_with_the_turn(
    store: ConversationStore, client: FakeClient, rows: Any
) -> None:
    """说到一半断了：没有用量的半个回答不算一次，之前白花的在账上。"""
    client.script.append(NetworkError("断"))
    client.partial, client.wasted = "说到一半", WASTED
    await service_of(store, client).ask(question(), Inbox(eager=True))
    assert rows("purpose, prompt_tokens, cached_tokens") == [("failed", 50, 10)]
    assert await store.count(PRIVATE) == 1


async def test_unsaved_answer_is_billed(
    service: ChatService, where: Path | str, rows: Any, inbox: Inbox
) -> None:
    """存不下的回答也是钱：另行入账，恰好一笔。"""
    with full(where):
        await service.ask(question(), inbox)
    assert not inbox.answers[0].saved
    assert rows("purpose") == [("chat",)]


async def test_stopping_after_the_fact(
    service: ChatService, client: FakeClient, rows: Any
) -> None:
    """答成之后交出时被中止，账只记一次；没有问完就中止的不在账上。"""

    async def stop(answer: Answer) -> None:
        await service.stop(PRIVATE)
        await asyncio.sleep(0)

    assert await outcome(service.ask(question(), Inbox(stop))) is StoppedError
    assert rows("purpose") == [("chat",)]
    client.hold()
    asking = asyncio.create_task(outcome(service.ask(question(), Inbox())))
    await client.busy_with(1)
    await service.reset(PRIVATE)
    assert await asking is StoppedError
    assert rows("purpose") == [("chat",)]


class LateClient(FakeClient):
    """答完的一刻，人又说了一句。"""

    late: Any = None

    async def reply(self, *args: Any, **options: Any) -> Reply:
        """答一次，然后做那件事。"""
        answer = await super().reply(*args, **options)
        if self.late:
            late, self.late = self.late, None
            late()
        return answer


async def test_answer_that_was_asked_again(store: ConversationStore, rows: Any) -> None:
    """答完的一刻又并进一句、从头再答：头一个回答白花了，各记一笔。"""
    client = LateClient()
    service = service_of(store, client, limits=QueueLimits(merge_seconds=60))
    client.late = lambda: service.join(question("还有"))
    await service.ask(question("先问"), Inbox())
    assert rows("purpose, user_id") == [("failed", "1"), ("chat", "1")]
    assert await store.count(PRIVATE) == 1


async def test_retry_is_another_question(service: ChatService, rows: Any) -> None:
    """重答取代了那一轮，账上是两次。"""
    await service.ask(question(), Inbox())
    last = await service.retriable(PRIVATE)
    assert last is not None
    await service.ask(last.question, Inbox(), last.replaces)
    assert rows("purpose, user_name") == [("chat", "甲"), ("chat", "甲")]


async def test_background_requests(service: ChatService, rows: Any) -> None:
    """后台的请求记在群上，不是谁问的，也有价钱。"""
    await service.billing.record(GROUP, "summary", "glm-5.3", Usage(10, 0, 1))
    assert rows("purpose, group_id, user_id, cost") == [("summary", "9", "", 108)]


async def test_own_prices(store: ConversationStore, client: FakeClient) -> None:
    """另设的价格用在账上。"""
    prices = PriceList({"glm-4.7-flash": [1, 1, 1]})
    billing = Billing(store.ledger, lambda: prices)
    service = service_of(store, client, billing=billing)
    await service.ask(question(), Inbox())
    (sums,) = await store.ledger.sums([Account.user(PRIVATE.platform, ALICE.id)])
    assert sums.cost == 2
