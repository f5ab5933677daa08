"""不多花、不多碰：一句话问一次，带的历史有限度，图片的地址不去取。"""

from __future__ import annotations

import asyncio

import pytest

from tests.fake_glm import FakeGLM
from tests.real_bot import QQ, Segments, text

from .conftest import Launch

USER, TURNS, WINDOW = 1301, 25, 10


@pytest.mark.row(20, 27)
async def test_one_request_each_and_a_bounded_history(
    launch: Launch, glm: FakeGLM
) -> None:
    """一句话一个请求；说得再久，带的轮数有限度，存着的一轮不少。"""
    bot = await launch(GLM_HISTORY_TURNS=str(WINDOW), GLM_SUMMARY="true")
    qq = await bot.connect()
    said = [f"第{number}句" for number in range(TURNS)]
    for words in said[: WINDOW // 2]:
        await qq.talk(USER, words)
    assert len(glm.requests) == WINDOW // 2
    for words in said[WINDOW // 2 :]:
        await qq.talk(USER, words)
    every = [chat["messages"] for chat in glm.chats]
    chats = [messages for messages in every if messages[-1]["content"] in said]
    assert len(chats) == TURNS  # 别的是后台写摘要的
    assert max(len(messages) for messages in chats) <= 1 + 2 * WINDOW + 1
    assert [m["role"] for m in chats[-1][-3:]] == ["user", "assistant", "user"]
    assert f"记住：{TURNS} 轮" in (await qq.talk(USER, "/glm status")).text


@pytest.mark.row(23)
async def test_pictures_are_never_fetched(qq: QQ, glm: FakeGLM) -> None:
    """图片的地址指着内网：没有人去取；这一问与下一问里都只有一个词。"""
    visits: list[object] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(writer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/secret.png"
        picture = {"type": "image", "data": {"file": url, "url": url, "summary": ""}}
        message: Segments = [picture, text("这是什么")]
        assert (await qq.talk(USER, message)).text == "收到：[图片]这是什么"
        assert (await qq.talk(USER, "再说说")).text == "收到：再说说"
    assert not visits
    sent = b"".join(request.raw for request in glm.requests)
    assert str(port).encode() not in sent
    assert b"image_url" not in sent
    assert b"base64" not in sent
