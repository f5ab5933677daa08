"""钩子：回答之前可以改、可以拦，回答之后看一眼；它出错，回答照常。"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from nonebot_plugin_glm.chat.hooks import Hooks
from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import EVERYONE
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Answer, Question
from nonebot_plugin_glm.exception import NetworkError, RefusedError

from .builders import BOB, OTHER_GROUP, Inbox, history, outcome, question, service_of
from .fake_client import FakeClient

SECRET = "没有别人知道的话"


@pytest.fixture
def reports() -> list[str]:
    """出错的钩子说的话。"""
    return []


@pytest.fixture
def hooks(reports: list[str]) -> Hooks:
    """还没有登记过的钩子。"""
    return Hooks(reports.append, 0.05)


@pytest.fixture
def service(store: ConversationStore, client: FakeClient, hooks: Hooks) -> ChatService:
    """有钩子的服务，三秒之内的话并成一问。"""
    return service_of(store, client, limits=QueueLimits(merge_seconds=3), hooks=hooks)


async def test_change(
    service: ChatService, client: FakeClient, store: ConversationStore, hooks: Hooks
) -> None:
    """依登记的次序改，问的与存的都是改过的；登记两次算一次。"""

    async def first(question: Question) -> Question:
        return replace(question, text=f"{question.text}甲")

    async def second(question: Question) -> Question | None:
        return replace(question, text=f"{question.text}乙\ud800 ")

    async def silent(question: Question) -> None:
        return None

    for hook in (first, second, silent, first):
        hooks.add_before(hook)
    await service.ask(question("问"), Inbox())
    assert client.questions == ["问甲乙�"]
    assert await history(store) == [("问甲乙�", "答：问甲乙�")]


async def test_only_the_words_change(
    service: ChatService, store: ConversationStore, hooks: Hooks
) -> None:
    """换会话、换人都不作数：队伍与账已经照原来的了。"""

    async def other(question: Question) -> Question:
        return replace(question, key=OTHER_GROUP, speaker=BOB, message_ids=("9",))

    hooks.add_before(other)
    await service.ask(question("问"), Inbox())
    last = await service.last_turn(question().key)
    assert last is not None
    assert last.turn.speaker == question().speaker
    assert await history(store, OTHER_GROUP) == []


async def test_refuse(
    service: ChatService,
    client: FakeClient,
    store: ConversationStore,
    hooks: Hooks,
    reports: list[str],
) -> None:
    """不许回答：不问 GLM，不留下轮，不花钱；之后的照常。"""

    async def refuse(question: Question) -> None:
        if question.text == "骂人":
            raise RefusedError("不许骂人。")

    hooks.add_before(refuse)
    inbox = Inbox()
    with pytest.raises(RefusedError) as caught:
        await service.ask(question("骂人"), inbox)
    assert caught.value.sentence == "不许骂人。"
    assert "骂" not in repr(caught.value)
    assert (client.requests, inbox.answers, reports) == ([], [], [])
    await service.ask(question("问"), inbox)
    assert await history(store) == [("问", "答：问")]
    [sums] = await store.ledger.sums([EVERYONE])
    assert sums.requests == 1


async def test_after(service: ChatService, client: FakeClient, hooks: Hooks) -> None:
    """说完之后看到提问与回答；失败的提问没有。"""
    inbox, found = Inbox(), []

    async def look(question: Question, answer: Answer) -> None:
        found.append((question.text, answer.text, answer.saved, len(inbox.answers)))

    hooks.add_after(look)
    await service.ask(question("问"), inbox)
    client.script.append(NetworkError("断"))
    assert await outcome(service.ask(question("断"), inbox)) is NetworkError
    assert found == [("问", "答：问", True, 1)]


async def test_merging(service: ChatService, client: FakeClient, hooks: Hooks) -> None:
    """并进一句、从头再答，就再看一次并好了的。"""
    seen: list[str] = []

    async def look(question: Question) -> None:
        seen.append(question.text)

    hooks.add_before(look)
    client.hold()
    asking = asyncio.create_task(service.ask(question("一"), Inbox()))
    await client.busy_with(1)
    assert await service.ask(question("二"), Inbox()) is False
    client.gate.set()
    await asking
    assert seen == ["一", "一\n二"]


async def broken(question: Question, answer: Any = None) -> None:
    """抛出带着话的异常。"""
    raise RuntimeError(question.text)


async def refusing(question: Question, answer: Any = None) -> None:
    """不在该拦的时候拦。"""
    raise RefusedError(question.text)


async def slow(question: Question, answer: Any = None) -> None:
    """总也不返回。"""
    await asyncio.Event().wait()


async def blank(question: Question, answer: Any = None) -> Any:
    """改成了空的。"""
    return replace(question, text=" ")


async def absurd(question: Question, answer: Any = None) -> Any:
    """返回的不是提问。"""
    return question.text


BEFORE = {
    "broken": (broken, "RuntimeError"),
    "slow": (slow, "TimeoutError"),
    "blank": (blank, "ValueError"),
    "absurd": (absurd, "AttributeError"),
}
AFTER = {
    "broken": (broken, "RuntimeError"),
    "refusing": (refusing, "RefusedError"),
    "slow": (slow, "TimeoutError"),
}


@pytest.mark.parametrize(("hook", "error"), BEFORE.values(), ids=BEFORE)
async def test_failing_before(
    service: ChatService, hooks: Hooks, reports: list[str], hook: Any, error: str
) -> None:
    """出错、太慢，照原来的话回答；日志里有名字与异常的类，没有人说的话。"""
    hooks.add_before(hook)
    inbox = Inbox()
    await service.ask(question(SECRET), inbox)
    assert inbox.texts == [f"答：{SECRET}"]
    check(reports, hook, error)


@pytest.mark.parametrize(("hook", "error"), AFTER.values(), ids=AFTER)
async def test_failing_after(
    service: ChatService, hooks: Hooks, reports: list[str], hook: Any, error: str
) -> None:
    """出错、太慢，轮照样存下，后面的钩子照样看到。"""
    hooks.add_after(hook)
    seen: list[str] = []

    async def look(question: Question, answer: Answer) -> None:
        seen.append(answer.text)

    hooks.add_after(look)
    await service.ask(question(SECRET), Inbox())
    assert seen == [f"答：{SECRET}"]
    check(reports, hook, error)


def check(reports: list[str], hook: Any, error: str) -> None:
    """说清是哪个钩子，没有人说的话。"""
    [report] = reports
    assert f"{__name__}.{hook.__name__} 出错：{error}，" in report
    assert " 行，" in report
    assert SECRET not in report


async def test_objects_and_plain_functions(hooks: Hooks) -> None:
    """带 async `__call__` 的对象也行，普通函数当场说不行。"""

    class Hook:
        async def __call__(self, question: Question) -> None:
            raise ZeroDivisionError

    hooks.add_before(Hook())
    assert await hooks.before(question()) == question()
    wrong: Any = len
    with pytest.raises(TypeError, match="async"):
        hooks.add_before(wrong)
