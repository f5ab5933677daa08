"""同一个意思的不同写法：事件流的方言、压缩，以及不照要求给流的服务器。"""

from __future__ import annotations

import gzip
import json

import httpx
import pytest

from nonebot_plugin_glm.domain import Usage

from .talk import (
    ONCE,
    WAYS,
    Connect,
    answering,
    ask,
    chat,
    frame,
    raw_stream,
    streamed,
    whole,
)

SEPARATORS = "一\u2028二\u2029三\x85四\x0b五\x0c六\x1c七"


def dump(body: object) -> bytes:
    """不转义的 JSON。"""
    return json.dumps(body, ensure_ascii=False).encode()


FIRST, LAST = dump(frame("你好 😀")), dump(frame("。", "stop"))


@pytest.mark.parametrize(
    "body",
    [
        b"data: %b\n\ndata: %b\n\ndata: [DONE]\n\n" % (FIRST, LAST),
        b"data:%b\n\ndata:%b\n\ndata:[DONE]\n\n" % (FIRST, LAST),
        b"data: %b\r\n\r\ndata: %b\r\n\r\ndata: [DONE]\r\n\r\n" % (FIRST, LAST),
        b": ping\n\ndata: %b\n\n: ping\n\ndata: %b\n\n" % (FIRST, LAST),
        b"id: 1\nevent: add\ndata: %b\n\nevent: end\ndata: %b\n\n" % (FIRST, LAST),
        b"data: %b\n\ndata:\n\ndata: %b\n\ndata: [DONE] \n\n" % (FIRST, LAST),
        b"data: %b\n\ndata: %b\n\ndata: [DONE]\n\nwhatever" % (FIRST, LAST),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_event_streams(connect: Connect, body: bytes, size: int) -> None:
    """各种写法的事件流，在任意字节处切断，都读得出同样的回答。"""
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    client = connect(transport=answering(raw_stream(parts)), retry=ONCE)
    assert await ask(client, "streamed") == "你好 😀。"


@pytest.mark.parametrize("charset", ["iso-8859-1", "gbk", "utf-16", "nonsense"])
async def test_event_stream_is_utf8(connect: Connect, charset: str) -> None:
    """事件流总是 UTF-8，不论头里写的是什么。"""
    body = b"data: " + FIRST + b"\n\ndata: [DONE]\n\n"
    reply = raw_stream([body])
    reply.headers["Content-Type"] = f"text/event-stream; charset={charset}"
    client = connect(transport=answering(reply), retry=ONCE)
    assert await ask(client, "streamed") == "你好 😀"


async def test_done_without_a_finish(connect: Connect) -> None:
    """只有 [DONE] 没有结束原因，当作正常结束，压着的半个标签也给出。"""
    client = connect(transport=answering(streamed(frame("a <"))))
    answer = await client.complete(chat())
    assert (answer.text, answer.finish) == ("a <", "stop")


@WAYS
async def test_unicode_separators(connect: Connect, way: str) -> None:
    """正文里不转义的行分隔符不拆开一帧。"""
    body = b"data: " + dump(frame(SEPARATORS, "stop")) + b"\n\n"
    client = connect(transport=answering(raw_stream([body])), retry=ONCE)
    assert await ask(client, way) == SEPARATORS


@WAYS
async def test_surrogates(connect: Connect, way: str) -> None:
    """拆在两帧里的代理对合成一字，落单的换掉，NUL 去掉。"""
    frames = [frame("好\ud83d"), frame("\ude00\x00"), frame("\udc00", "stop")]
    client = connect(transport=answering(streamed(*frames)))
    assert await ask(client, way) == "好😀\ufffd"


async def test_model_name_is_well_formed(connect: Connect) -> None:
    """上游报的模型名也是合法的 Unicode，存得进数据库。"""
    body = {"choices": [{"message": {"content": "好"}}], "model": "glm\ud800\x00"}
    reply = httpx.Response(200, content=json.dumps(body).encode())
    answer = await connect(transport=answering(reply)).complete(chat())
    assert answer.model == "glm\ufffd"


@WAYS
async def test_server_ignores_stream(connect: Connect, way: str) -> None:
    """要的是流、来的是 JSON 也看得懂，没有结束原因就当作 stop。"""
    reply = {"choices": [{"message": {"content": "a <"}, "finish_reason": None}]}
    client = connect(transport=answering(httpx.Response(200, json=reply)))
    assert await ask(client, way) == "a <"


async def test_server_always_streams(connect: Connect) -> None:
    """要的不是流、来的是流也看得懂。"""
    client = connect(transport=answering(streamed(frame("好", "stop"))))
    assert await ask(client, "whole") == "好"


async def test_gzip(connect: Connect) -> None:
    """压缩过的回应照样读得出，不论是不是流。"""
    packed = gzip.compress(b"data: %b\n\ndata: %b\n\n" % (FIRST, LAST))
    flow = raw_stream([packed[:20], packed[20:]], **{"Content-Encoding": "gzip"})
    json_reply = whole({"content": "整段"})
    json_reply = httpx.Response(
        200,
        headers={"Content-Encoding": "gzip"},
        content=gzip.compress(json_reply.content),
    )
    client = connect(transport=answering(flow, json_reply))
    assert await ask(client, "streamed") == "你好 😀。"
    assert await ask(client, "whole") == "整段"


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": None, "completion_tokens": "7"},
        {"prompt_tokens": -1, "prompt_tokens_details": None},
        {"prompt_tokens": 1.5, "prompt_tokens_details": []},
        [],
        None,
    ],
)
async def test_odd_usage(connect: Connect, usage: object) -> None:
    """用量写得古怪时当作不知道，回答照给。"""
    client = connect(transport=answering(whole({"content": "好"}, usage=usage)))
    assert (await client.complete(chat())).usage == Usage()
