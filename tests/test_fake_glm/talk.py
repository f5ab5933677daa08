"""测试共用的请求构造与 SSE 读取。"""

import json
from typing import Any, Final

import httpx

CHAT: Final = "/chat/completions"
OFF: Final = {"type": "disabled"}


def user(text: str) -> dict[str, Any]:
    """一条用户消息。"""
    return {"role": "user", "content": text}


def assistant(text: str) -> dict[str, Any]:
    """一条助手消息。"""
    return {"role": "assistant", "content": text}


def system(text: str) -> dict[str, Any]:
    """一条系统消息。"""
    return {"role": "system", "content": text}


def body(text: str = "你好", **fields: Any) -> dict[str, Any]:
    """一个合规且不思考的请求体。"""
    base = {"model": "glm-4.7-flash", "messages": [user(text)], "thinking": OFF}
    return base | fields


async def ask(
    http: httpx.AsyncClient,
    text: str = "你好",
    **fields: Any,
) -> httpx.Response:
    """发出一个对话请求。"""
    return await http.post(CHAT, json=body(text, **fields))


def error_of(response: httpx.Response) -> tuple[int, str]:
    """响应的状态码与业务错误码。"""
    return response.status_code, response.json()["error"]["code"]


def content_of(response: httpx.Response) -> Any:
    """非流式响应的正文。"""
    return response.json()["choices"][0]["message"]["content"]


def frames_of(response: httpx.Response) -> list[str]:
    """流的全部数据帧，保持原文。"""
    lines = response.text.split("\n\n")
    assert lines.pop() == ""
    assert all(line.startswith("data: ") for line in lines)
    return [line.removeprefix("data: ") for line in lines]


def chunks_of(response: httpx.Response) -> list[dict[str, Any]]:
    """流的全部 JSON 块，检查最后是 [DONE]。"""
    *frames, done = frames_of(response)
    assert done == "[DONE]"
    return [json.loads(frame) for frame in frames]


def text_of(chunks: list[dict[str, Any]], key: str = "content") -> str:
    """把各块的文字接起来。"""
    return "".join(
        chunk["choices"][0]["delta"].get(key) or ""
        for chunk in chunks
        if chunk["choices"]
    )
