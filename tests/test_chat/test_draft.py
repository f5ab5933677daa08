"""拟请求：带哪些轮、怎样问；开头在两次裁剪之间不变。"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from nonebot_plugin_glm.api.models import can_serve, model_info
from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.chat.draft import ChatSettings, Fit, draft_request, fit_window
from nonebot_plugin_glm.chat.windows import Windows
from nonebot_plugin_glm.conversation.prompt import Preamble, prompt_shape
from nonebot_plugin_glm.conversation.rows import StoredTurn
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.tokens import TokenScale
from nonebot_plugin_glm.conversation.window import WindowLimits
from nonebot_plugin_glm.domain import (
    ConversationKey,
    Message,
    Question,
    Thinking,
    Turn,
)
from tests.fake_glm import FakeGLM

from .builders import (
    ALICE,
    GROUP,
    MEMBER,
    MODEL,
    OTHER_GROUP,
    PRIVATE,
    Inbox,
    chat_settings,
    question,
    real_client,
    service_of,
)
from .fake_client import FakeClient


def stored(count: int, text: str = "字") -> list[StoredTurn]:
    """存下的若干轮。"""
    return [StoredTurn(n, Turn(text, text, ALICE)) for n in range(1, count + 1)]


def test_request_carries_the_settings() -> None:
    """设置里的每一项都进了请求。"""
    limits = WindowLimits(9, 9000)
    settings = ChatSettings("甲", "系统", limits, Thinking.ON, 0.5, 0.6, 77, False)
    request = draft_request(
        stored(1), Preamble("系统"), question("问"), "乙", Thinking.AUTO, settings
    )
    messages = (
        Message("system", "系统"),
        Message("user", "字"),
        Message("assistant", "字"),
        Message("user", "问"),
    )
    request = replace(request, whose=None)
    assert request == ChatRequest("乙", messages, Thinking.AUTO, 0.5, 0.6, 77, False)


def kept(
    turns: list[StoredTurn],
    settings: ChatSettings,
    model: str = MODEL,
    asked: Question | None = None,
) -> Fit:
    """窗口里留下的。"""
    info, scale = model_info(model), TokenScale()
    return fit_window(turns, Preamble(), asked or question(), settings, info, scale)


def drafted(key: ConversationKey, text: str = "问") -> ChatRequest:
    """一个会话里的请求。"""
    return draft_request(
        (), Preamble(), question(text, key), "m", Thinking.OFF, chat_settings()
    )


def sized(request: ChatRequest) -> ChatRequest:
    """写上了多大的请求。"""
    return Windows().sized(request, prompt_shape(request.messages))


def test_whose_request_it_is() -> None:
    """一个群算一家，不论历史怎样分；私聊各算一家。"""
    assert drafted(MEMBER).whose == drafted(GROUP).whose
    assert drafted(GROUP).whose != drafted(OTHER_GROUP).whose
    assert drafted(PRIVATE).whose != drafted(replace(PRIVATE, user_id="2")).whose


def test_size_of_the_prompt() -> None:
    """提示有多大，后备模型装不装得下要看它：汉字一字一个，宁多勿少。"""
    request = sized(drafted(PRIVATE, "字" * 10_000))
    assert 7000 <= request.prompt_tokens <= 10_000


@pytest.mark.parametrize(("words", "fits"), [(50_000, True), (200_000, False)])
def test_fallback_for_a_long_english_prompt(words: int, fits: bool) -> None:
    """英文几个字母才一个 token：三十万字母的提示，十二万八千的后备装得下。"""
    request = sized(drafted(PRIVATE, "token " * words))
    assert len(request.messages[-1].content) > 128_000
    assert can_serve(model_info("glm-4-flash-250414"), request.needs) is fits


async def test_long_english_question_falls_back(
    store: ConversationStore, glm: FakeGLM
) -> None:
    """默认的模型过载，长长的英文提问照样由装得下的后备来答。"""
    glm.busy, glm.answer = {MODEL: 1}, "收到"
    client = real_client(glm, retries=0, patience=5)
    inbox = Inbox()
    await service_of(store, client).ask(question("token " * 25_000), inbox)
    await client.aclose()
    assert [answer.fallback for answer in inbox.answers] == [True]


def test_everything_fits() -> None:
    """装得下就全带上，也没有什么该折进摘要。"""
    turns = stored(8)
    assert kept(turns, chat_settings()) == Fit(turns)


def test_too_many_turns() -> None:
    """轮数超过设置就裁到一半；快到时先说哪些该折进摘要。"""
    fit = kept(stored(11), chat_settings(10))
    assert [t.id for t in fit.turns] == [7, 8, 9, 10, 11]
    fit = kept(stored(10), chat_settings(10))
    assert (len(fit.turns), fit.stay_from) == (10, 7)
    assert kept(stored(9), chat_settings(10)).stay_from is None


def test_small_model_leaves_less_room() -> None:
    """模型的上下文比设置小时，按模型的裁。"""
    settings = chat_settings(60, 10**6)
    turns = stored(10, "字" * 1000)
    assert len(kept(turns, settings).turns) == 10
    fewer = kept(turns, settings, "glm-4-airx").turns
    assert fewer == turns[-len(fewer) :]
    assert 1 <= len(fewer) <= 2


@pytest.mark.parametrize("cap", [None, 190_000])
def test_room_for_the_answer(cap: int | None) -> None:
    """要给提问与回答留出地方：提问很长或 `max_tokens` 很大时，历史少带。"""
    settings = ChatSettings(MODEL, "", WindowLimits(60, 10**6), max_tokens=cap)
    turns = stored(10, "字" * 2000)
    long = question("字" * (100 if cap else 250_000))
    assert len(kept(turns, chat_settings(60, 10**6)).turns) == 10
    assert len(kept(turns, settings, asked=long).turns) < 10


async def test_beginning_repeats_until_a_trim(
    store: ConversationStore, client: FakeClient
) -> None:
    """五十问里，除了几次裁剪，每个请求都以上一个请求的全部消息开头。"""
    service = service_of(store, client, chat_settings(20))
    for n in range(50):
        await service.ask(question(f"第 {n} 问", GROUP), Inbox())
    sent = [request.messages for request in client.requests]
    trims = [b for a, b in pairwise(sent) if b[: len(a)] != a]
    assert len(trims) == 3
    assert max(map(len, sent)) <= 2 * 20 + 2
    assert min(map(len, trims)) >= 2 * 10 + 2
    assert await store.count(GROUP) == 50


async def test_lowering_the_limit(store: ConversationStore, client: FakeClient) -> None:
    """设置改小之后，旧的长历史照样只带上限以内的轮。"""
    service = service_of(store, client, chat_settings(60))
    for n in range(30):
        await service.ask(question(f"{n}"), Inbox())
    smaller = service_of(store, client, chat_settings(4))
    for n in range(10):
        await smaller.ask(question(f"新{n}"), Inbox())
        assert len(client.requests[-1].messages) <= 2 * 4 + 2
    assert await store.count(PRIVATE) == 40
