"""回答的 JSON 与 SSE 形状，键的顺序与抓包一致。"""

import json
from collections.abc import Mapping
from typing import Any, Final

from .faults import MISSING
from .scene import Completion, Scene, Usage

DONE: Final = b"data: [DONE]\n\n"


def dump(body: object) -> bytes:
    """紧凑的 UTF-8 JSON，不转义汉字。"""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def frame(body: object) -> bytes:
    """一个 SSE 数据帧。"""
    return b"data: " + dump(body) + b"\n\n"


def error_body(code: object, message: str) -> dict[str, object]:
    """常规的错误体，code 为 None 时不带这个键。"""
    error = {"code": code, "message": message}
    if code is None:
        del error["code"]
    return {"error": error}


def whole(completion: Completion) -> dict[str, object]:
    """非流式的响应体。"""
    choice: dict[str, object] = {
        "finish_reason": completion.finish,
        "index": 0,
        "message": completion.message(),
    }
    body: dict[str, object] = {
        "choices": [choice],
        "created": completion.created,
        "id": completion.id,
        "model": completion.model,
        "object": "chat.completion",
        "request_id": completion.request_id,
    }
    if completion.usage is not None:
        body["usage"] = _usage_of_whole(completion.usage)
    return body | _content_filter(completion)


def opening_frames(scene: Scene) -> list[bytes]:
    """流中最后一块之前的全部数据帧：先思考，后正文。"""
    completion, size = scene.completion, scene.chunk_size
    deltas: list[Mapping[str, object]] = [
        {"reasoning_content": piece} for piece in _pieces(completion.reasoning, size)
    ]
    if isinstance(completion.content, str):
        deltas += [{"content": piece} for piece in _pieces(completion.content, size)]
    elif completion.content is MISSING:
        deltas.append({})
    else:
        deltas.append({"content": completion.content})
    unfinished = {"finish_reason": None} if scene.null_finish else {}
    chunks = [_chunk(completion, delta, unfinished) for delta in deltas]
    for call in completion.tool_calls:
        for part in _call_parts(call, scene.tool_pieces):
            chunk = _chunk(completion, {"tool_calls": [part]}, unfinished)
            # 抓包里带着工具调用的块没有 role
            del chunk["choices"][0]["delta"]["role"]
            chunks.append(chunk)
    return [frame(chunk) for chunk in chunks]


def closing_frames(scene: Scene) -> bytes:
    """最后一块（带 finish_reason 与用量）以及 [DONE]。"""
    completion = scene.completion
    body = _chunk(completion, {"content": ""}, {"finish_reason": completion.finish})
    usage: dict[str, object] = {}
    if completion.usage is not None:
        usage["usage"] = _usage_of_stream(completion.usage)
    if scene.usage_chunk:
        extra = frame({**body, "choices": [], **usage})
    else:
        body, extra = body | usage, b""
    return frame(body | _content_filter(completion)) + extra + DONE


def _call_parts(call: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """一个工具调用的各块：第一块有编号与名字，之后只有参数。"""
    if count == 1:
        return [call]
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    first, *rest = _pieces(arguments, -(-len(arguments) // count))
    opening = {**call, "function": {"name": name, "arguments": first}}
    later = [{"index": call["index"], "function": {"arguments": r}} for r in rest]
    return [opening, *later]


def _chunk(
    completion: Completion,
    delta: Mapping[str, object],
    finish: Mapping[str, object],
) -> dict[str, Any]:
    return {
        "id": completion.id,
        "created": completion.created,
        "object": "chat.completion.chunk",
        "model": completion.model,
        "choices": [{"index": 0, **finish, "delta": {"role": "assistant", **delta}}],
    }


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _content_filter(completion: Completion) -> dict[str, object]:
    if not completion.content_filter:
        return {}
    records = [{"role": role, "level": n} for role, n in completion.content_filter]
    return {"content_filter": records}


def _usage_of_whole(usage: Usage) -> dict[str, object]:
    body: dict[str, object] = {"completion_tokens": usage.completion}
    if usage.reasoning is not None:
        body["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
    body["prompt_tokens"] = usage.prompt
    if usage.cached is not None:
        body["prompt_tokens_details"] = {"cached_tokens": usage.cached}
    body["total_tokens"] = usage.prompt + usage.completion
    return body


def _usage_of_stream(usage: Usage) -> dict[str, object]:
    body: dict[str, object] = {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
    }
    if usage.cached is not None:
        body["prompt_tokens_details"] = {"cached_tokens": usage.cached}
    if usage.reasoning is not None:
        body["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning}
    return body
