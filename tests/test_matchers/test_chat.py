"""回话的响应器：聊天与命令经过 NoneBot 的整条路。"""

from __future__ import annotations

from collections.abc import AsyncIterator

import nonebot
import pytest
from nonebot.adapters.onebot.v11 import (
    Adapter,
    Bot,
    GroupMessageEvent,
    Message,
    MessageEvent,
    MessageSegment,
)
from nonebug import App
from nonebug.mixin.process import MatcherContext

from nonebot_plugin_glm.domain import Answer, Question, Speaker
from nonebot_plugin_glm.exception import ServerError, StoppedError
from nonebot_plugin_glm.matchers import chat as chat_module
from nonebot_plugin_glm.matchers import listening, runtime
from nonebot_plugin_glm.matchers.call import DENIED_MANAGE
from nonebot_plugin_glm.matchers.gate import LISTENING, gate
from nonebot_plugin_glm.matchers.joining import joiner
from nonebot_plugin_glm.matchers.keys import get_key
from nonebot_plugin_glm.matchers.reception import reply
from nonebot_plugin_glm.message.sentences import (
    SENTENCES,
    TRUNCATED,
    UNEXPECTED,
    UNSAVED,
)
from tests.test_message.builders import ScriptedBot, group_event, private_event

from .fake_service import FakeService
from .test_limits import Clock


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """每个测试开始时不在等谁；钟拨得动。"""
    clock = Clock()
    for waiting in (listening.listening, listening.pieces):
        monkeypatch.setattr(waiting, "_clock", clock)
        monkeypatch.setattr(waiting, "_until", {})
    return clock


@pytest.fixture
async def ctx(app: App) -> AsyncIterator[MatcherContext]:
    """只有回话的响应器的 NoneBot。"""
    async with app.test_matcher(reply) as context:
        yield context


def receive(ctx: MatcherContext, event: MessageEvent) -> Bot:
    """机器人收到一条消息。"""
    adapter = nonebot.get_adapter(Adapter)
    bot = ctx.create_bot(base=Bot, adapter=adapter, self_id="10000", auto_connect=False)
    ctx.receive_event(bot, event)
    return bot


def expect(ctx: MatcherContext, event: MessageEvent, text: str) -> None:
    """应当回这一条，群里引用提问。"""
    message = Message([MessageSegment.text(text)])
    to: dict[str, object] = {"message_type": "private", "user_id": event.user_id}
    if isinstance(event, GroupMessageEvent):
        message.insert(0, MessageSegment.reply(event.message_id))
        to = {"message_type": "group", "group_id": event.group_id}
    ctx.should_call_api("send_msg", {**to, "message": message}, {"message_id": 1})


@pytest.mark.parametrize(
    "event",
    [private_event("你好"), group_event("你好", to_me=True)],
    ids=["private", "group"],
)
async def test_answers(
    ctx: MatcherContext, service: FakeService, event: MessageEvent
) -> None:
    """提问带着会话、说话的人与文本到服务，回答送回来处。"""
    receive(ctx, event)
    ctx.should_pass_rule(reply)
    expect(ctx, event, "答")
    await ctx.run()
    key = get_key(ScriptedBot(), event)
    question = Question(key, Speaker("2", "甲"), "你好", message_ids=("7",))
    assert service.done == [("ask", question, None)]


async def test_ignores_chatter(ctx: MatcherContext, service: FakeService) -> None:
    """不是给机器人的话，不理。"""
    receive(ctx, group_event("你好"))
    ctx.should_not_pass_rule(reply)
    await ctx.run()
    assert service.done == []


NOTES = {
    "whole": (Answer("答", "m"), "答"),
    "cut": (Answer("答", "m", "length"), f"答\n\n{TRUNCATED}"),
    "noted": (Answer("答", "m", noted=("甲", "乙")), "答\n\n（记下了：甲；乙）"),
    "not noted": (Answer("答", "m", saved=False, noted=("甲",)), f"答\n\n{UNSAVED}"),
    "fallback": (Answer("答", "m", fallback=True), "答"),
    "unsaved": (Answer("答", "m", saved=False), f"答\n\n{UNSAVED}"),
    "both": (
        Answer("答", "m", "length", saved=False),
        f"答\n\n{TRUNCATED}\n\n{UNSAVED}",
    ),
}


@pytest.mark.parametrize(("answer", "text"), NOTES.values(), ids=NOTES)
async def test_notes(
    ctx: MatcherContext, service: FakeService, answer: Answer, text: str
) -> None:
    """没有说完、记下了什么、没有存下，都在末尾说明。"""
    service.answer = answer
    event = private_event()
    receive(ctx, event)
    expect(ctx, event, text)
    await ctx.run()


FAILURES = {
    "known": (ServerError(500, "1234"), SENTENCES[ServerError]),
    "unexpected": (ZeroDivisionError(), UNEXPECTED),
}


@pytest.mark.parametrize(("failure", "text"), FAILURES.values(), ids=FAILURES)
async def test_failure_becomes_a_sentence(
    ctx: MatcherContext, service: FakeService, failure: Exception, text: str
) -> None:
    """失败得到一句话。"""
    service.failure = failure
    event = group_event(to_me=True)
    receive(ctx, event)
    expect(ctx, event, text)
    await ctx.run()


async def test_unreadable_question_becomes_a_sentence(
    ctx: MatcherContext, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """问不到说话的人是谁（uninfo 要调用接口），也得到一句话。"""

    async def broken(*_: object) -> Question:
        raise ConnectionError

    monkeypatch.setattr(chat_module, "get_question", broken)
    event = private_event()
    receive(ctx, event)
    expect(ctx, event, UNEXPECTED)
    await ctx.run()
    assert service.done == []


async def test_stopped_question_is_silent(
    ctx: MatcherContext, service: FakeService
) -> None:
    """被中止的提问什么也不说。"""
    service.failure = StoppedError("提问被中止")
    receive(ctx, private_event())
    await ctx.run()
    assert len(service.done) == 1


async def test_empty_mention_waits_for_the_next_message(
    ctx: MatcherContext, service: FakeService
) -> None:
    """空的 @ 得到「在，请说。」，下一句不必再 @，再下一句要。"""
    called = group_event("", to_me=True)
    bot = receive(ctx, called)
    expect(ctx, called, LISTENING)
    following = group_event("下一句")
    ctx.receive_event(bot, following)
    expect(ctx, following, "答")
    ctx.receive_event(bot, group_event("再下一句"))
    ctx.should_not_pass_rule(reply)
    await ctx.run()
    assert [asked.text for _, asked, _ in service.done] == ["下一句"]


@pytest.mark.parametrize(("seconds", "answers"), [(1.4, 3), (1.6, 2), (3.1, 1)])
async def test_thought_in_pieces_after_the_answer(
    ctx: MatcherContext,
    service: FakeService,
    clock: Clock,
    seconds: float,
    answers: int,
) -> None:
    """头一条叫了它而且已经答了：合并的时限之内接着说的几条都算提问，过了就是闲话。"""
    called = group_event("帮我看看", to_me=True)
    bot = receive(ctx, called)
    expect(ctx, called, "答")
    await ctx.run()
    for number in (2, 3):
        clock.now += seconds
        more = group_event("这段代码", message_id=number)
        ctx.receive_event(bot, more)
        if number <= answers:
            expect(ctx, more, "答")
        await ctx.run()
    assert len(service.done) == answers


async def test_empty_mentions_are_answered_once(
    ctx: MatcherContext, service: FakeService
) -> None:
    """接连空的 @ 只应一声；有提问还没有答的是在催，不应。"""
    called = group_event("", to_me=True, user_id=61)
    bot = receive(ctx, called)
    expect(ctx, called, LISTENING)
    ctx.receive_event(bot, group_event("", to_me=True, user_id=61))
    service.running = {"62": 1}
    ctx.receive_event(bot, group_event("", to_me=True, user_id=62))
    await ctx.run()
    assert service.done == []


async def test_joining_unasked_is_quiet(
    ctx: MatcherContext, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """没有叫它时插话：不说问得太快，也不算进谁的次数。"""
    event = group_event("今天天气真好")
    monkeypatch.setattr(joiner, "wants", lambda *_: True)
    monkeypatch.setattr(gate, "refuse", lambda *_: "问得太快了")
    monkeypatch.setattr(runtime.config, "glm_join_probability", 1.0)
    receive(ctx, event)
    expect(ctx, event, "答")
    await ctx.run()
    assert len(service.done) == 1


async def test_denied_command(ctx: MatcherContext, service: FakeService) -> None:
    """不许用命令的人得到一句话；命令不会又当成提问。"""
    event = group_event("/glm reset", to_me=True)
    receive(ctx, event)
    ctx.should_pass_rule(reply)
    expect(ctx, event, DENIED_MANAGE)
    await ctx.run()
    assert service.done == []


async def test_failing_command(ctx: MatcherContext, service: FakeService) -> None:
    """命令失败也得到一句话。"""
    service.failure = ServerError(500)
    event = private_event("/glm undo")
    receive(ctx, event)
    expect(ctx, event, SENTENCES[ServerError])
    await ctx.run()
