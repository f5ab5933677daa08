"""一段段地拿：拿完了一定存好了，没拿完不留下半轮。"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from nonebot_plugin_glm import ask, history, stream
from nonebot_plugin_glm.api.client import WasteReport
from nonebot_plugin_glm.api.schema import ChatRequest
from nonebot_plugin_glm.api.tools import Reply
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.accounts import EVERYONE
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.domain import Reader, Thinking, Usage
from nonebot_plugin_glm.exception import ContentFilteredError, GLMError, NetworkError
from tests.blackbox.patience import wait_until
from tests.fake_glm import FakeGLM, faults
from tests.test_chat.builders import PRIVATE
from tests.test_chat.fake_client import FakeClient

from .conftest import Limits, behind

POEM = "春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。"
BOTH = pytest.mark.parametrize("key", [None, PRIVATE], ids=["outside", "inside"])


@BOTH
async def test_pieces(
    online: ChatService, glm: FakeGLM, store: ConversationStore, key: Any
) -> None:
    """连起来就是整个回答；最后一段给出来时，这一轮已经在历史里。"""
    glm.answer, glm.chunk_delay = POEM, 0.01
    found, stored = [], 0
    async for piece in stream("写首诗", conversation=key):
        found.append(piece)
        stored = await store.count(PRIVATE)
    assert "".join(found) == POEM
    assert all(found)
    assert stored == (1 if key else 0)


@BOTH
async def test_slow_reader(online: ChatService, glm: FakeGLM, key: Any) -> None:
    """拿得慢不耽误回答，攒下的并成一段。"""
    glm.answer, glm.chunk_delay = POEM, 0.01
    pieces = stream("写首诗", conversation=key)
    first = await anext(pieces)
    await wait_until(lambda: not online.busy)
    rest = [piece async for piece in pieces]
    assert (first + "".join(rest), len(rest) < 2) == (POEM, True)


@BOTH
@pytest.mark.parametrize("way", ["aclose", "break", "cancel"])
async def test_abandoned(
    online: ChatService, glm: FakeGLM, store: ConversationStore, key: Any, way: str
) -> None:
    """没拿完就走：连接断开，不留下半轮，会话里的下一个提问照常。"""
    glm.answer, glm.chunk_delay = POEM * 100, 0.1
    got = asyncio.Event()

    async def read() -> None:
        pieces = stream("写首诗", conversation=key)
        if way == "break":
            async for _ in pieces:
                break
            return
        async with aclosing(pieces):
            await anext(pieces)
            got.set()
            if way == "cancel":
                await asyncio.Event().wait()

    reading = asyncio.create_task(read())
    if way == "cancel":
        await got.wait()
        reading.cancel()
    await asyncio.wait([reading])
    await wait_until(lambda: glm.in_flight == 0 and not online.busy)
    assert await store.count(PRIVATE) == 0
    glm.answer = "好"
    assert (await ask("再问", conversation=key)).text == "好"


async def test_never_started(online: ChatService, glm: FakeGLM) -> None:
    """没有开始拿就没有问。"""
    await stream("写首诗", conversation=PRIVATE).aclose()
    assert glm.chats == []


class HalfWay(FakeClient):
    """写了一半，有人看到了，就断了。"""

    async def reply(
        self,
        request: ChatRequest,
        reader: Reader | None = None,
        on_waste: WasteReport = lambda model, usage: None,
    ) -> Reply:
        """写两段，等第一段给出去。"""
        assert reader is not None
        for text in ("春眠", "不觉晓"):
            reader.read(text)
        await wait_until(lambda: reader.seen)
        on_waste(request.model, Usage(3, 0, 2))
        failure = self.script.popleft()
        assert isinstance(failure, GLMError)
        raise failure


@BOTH
@pytest.mark.parametrize("error", [NetworkError("断"), ContentFilteredError(200)])
async def test_broken_off(
    monkeypatch: pytest.MonkeyPatch,
    store: ConversationStore,
    key: Any,
    error: GLMError,
) -> None:
    """给出几段之后失败：抛出异常，不留下轮，也没有可以重答的；花掉的记了账。"""
    service = behind(monkeypatch, store, HalfWay(error), Limits())
    pieces = stream("写首诗", conversation=key)
    assert await anext(pieces) == "春眠"
    with pytest.raises(type(error)):
        await anext(pieces)
    assert await history(PRIVATE) == []
    assert await service.retriable(PRIVATE) is None
    [sums] = await store.ledger.sums([EVERYONE])
    assert (sums.requests, sums.tokens) == (0, 5)


@BOTH
async def test_thinking_is_not_in_it(
    online: ChatService, glm: FakeGLM, key: Any
) -> None:
    """思考不在回答里，写在正文里的也不在。"""
    await online.choose_thinking(PRIVATE, Thinking.ON)
    glm.always(faults.Content(f"<think>我想想</think>\n\n{POEM}"))
    assert (await ask("问", conversation=key)).text == POEM
    found = [piece async for piece in stream("问", conversation=key)]
    assert "".join(found) == POEM
