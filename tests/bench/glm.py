"""尽量轻的 GLM：单独一个进程，等一会儿，答一句，不校验。

要流的，同样的字四个一帧，七帧，再加结束的一帧，一次写出：量的是机器人解析的工夫，不是等。
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

KEY = "0123456789abcdef0123456789abcdef.0123456789abcdef"
ANSWER = "这是一个不长不短的回答，用来量插件自己花了多少时间。"
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


async def answer(request: web.Request) -> web.StreamResponse:
    """照 `stream` 的要求回答；等多少秒写在路径里。"""
    body = await request.json()
    await asyncio.sleep(float(request.match_info["delay"]))
    base = {"id": "1", "created": 1, "model": body["model"]}
    if not body.get("stream"):
        message = {"role": "assistant", "content": ANSWER}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return web.json_response({**base, "choices": [choice], "usage": USAGE})
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    frames: list[dict[str, Any]] = [
        {"delta": {"content": ANSWER[i : i + 4]}} for i in range(0, len(ANSWER), 4)
    ]
    lines = [
        json.dumps({**base, "choices": [{"index": 0, **frame}]}) for frame in frames
    ]
    end = {"index": 0, "delta": {"content": ""}, "finish_reason": "stop"}
    lines.append(json.dumps({**base, "choices": [end], "usage": USAGE}))
    text = "".join(f"data: {line}\n\n" for line in lines)
    await response.write(f"{text}data: [DONE]\n\n".encode())
    await response.write_eof()
    return response


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """另起一个进程运行，听起来了就给出地址，后面要接上等多少秒。"""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (sys.executable, "-m", "tests.bench.glm", str(port))
    process = await asyncio.create_subprocess_exec(*command)
    try:
        await asyncio.wait_for(_listening(port), 60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _listening(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return await writer.wait_closed()
        await asyncio.sleep(0.05)


def main() -> None:
    """在命令行给的端口上运行。"""
    app = web.Application(client_max_size=1 << 28)
    app.router.add_post("/{delay}/chat/completions", answer)
    web.run_app(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        print=lambda *_: None,
        access_log=None,
    )


if __name__ == "__main__":
    main()
