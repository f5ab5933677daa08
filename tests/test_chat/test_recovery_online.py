"""对着真的接口自愈：1214、1261、1301、过载与断线。"""

from __future__ import annotations

import pytest

from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.exception import ContentFilteredError, RateLimitError
from tests.fake_glm import FakeGLM, faults

from .builders import PRIVATE, Inbox, history, outcome, question, talk


@pytest.mark.parametrize(
    ("fault", "turns"),
    [
        (faults.Error.of(1214), 0),
        (faults.Error.of(1261), 1),
        (faults.Finish("model_context_window_exceeded"), 1),
    ],
)
async def test_recovers_over_the_wire(
    online: ChatService,
    store: ConversationStore,
    glm: FakeGLM,
    inbox: Inbox,
    fault: faults.Fault,
    turns: int,
) -> None:
    """真的接口上，1214 与 1261 各用两个请求就答出来。"""
    await talk(online, 3)
    glm.clear()
    glm.script(fault)
    await online.ask(question("新"), inbox)
    assert len(glm.chats) == 2
    assert len(glm.chats[-1]["messages"]) == 2 * turns + 2
    assert inbox.texts == ["收到：新"]
    assert len(await history(store)) == turns + 1
    assert glm.invalid == []


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        (faults.Filtered("history"), 0),
        (faults.Filtered("user"), 2),
        (faults.Finish("sensitive"), 2),
    ],
)
async def test_filtered_over_the_wire(
    online: ChatService,
    store: ConversationStore,
    glm: FakeGLM,
    inbox: Inbox,
    fault: faults.Fault,
    left: int,
) -> None:
    """真的接口上的 1301：提问撤下，怪历史就清空历史。"""
    await talk(online, 2)
    glm.script(fault)
    error = await outcome(online.ask(question("新"), inbox))
    assert error is ContentFilteredError
    assert await store.count(PRIVATE) == left


async def test_busy_then_well_again(
    online: ChatService, store: ConversationStore, glm: FakeGLM, inbox: Inbox
) -> None:
    """一直过载的提问不留痕迹；断线的在重试之后答出来，只有一轮。"""
    glm.always(faults.Error.of(1305))
    assert await outcome(online.ask(question("旧"), inbox)) is RateLimitError
    glm.always(None)
    glm.script(faults.CutStream(), faults.Reset())
    await online.ask(question("新"), inbox)
    assert await history(store) == [("新", "收到：新")]
    assert inbox.texts == ["收到：新"]
