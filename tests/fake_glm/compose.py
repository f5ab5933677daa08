"""把一个合规的请求写成回答：思考、预算、停止词与用量。"""

import json
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from .catalog import MODELS, Model, Thinking
from .scene import Completion, Usage
from .tokens import cut, estimate, serialize

_BEIJING: Final = timezone(timedelta(hours=8))


def new_id() -> str:
    """平台的编号：北京时间十四位加十六位十六进制。"""
    return f"{datetime.now(_BEIJING):%Y%m%d%H%M%S}{secrets.token_hex(8)}"


def prompt_of(body: Mapping[str, Any]) -> str:
    """请求的提示词全文，供缓存比较与计量；工具的说明在最前。"""
    tools = body.get("tools")
    described = json.dumps(tools, ensure_ascii=False) if tools else ""
    return described + serialize(body["messages"])


def compose(
    body: Mapping[str, Any], text: str, reasoning: str, cached: int
) -> Completion:
    """写出回答，思考先于正文消耗 max_tokens。"""
    model = MODELS[body["model"]]
    thought = reasoning if _thinks(model, body) else ""
    if model.thinking is Thinking.INLINE:
        text, thought = f"<think>{thought}</think>{text}", ""
    thought, content, finish = _spend(thought, _stop_at(text, body), body, model)
    identity = new_id()
    return Completion(
        id=identity,
        request_id=body.get("request_id") or identity,
        created=int(time.time()),
        model=model.name,
        content=content,
        reasoning=thought,
        finish=finish,
        usage=Usage(
            prompt=estimate(prompt_of(body)),
            completion=estimate(thought) + estimate(content),
            cached=cached if model.cached else None,
            reasoning=estimate(thought) if _reports_reasoning(model) else None,
        ),
    )


def _thinks(model: Model, body: Mapping[str, Any]) -> bool:
    if model.thinking is Thinking.SWITCH:
        return (body.get("thinking") or {}).get("type") != "disabled"
    return model.thinking is not Thinking.NONE


def _reports_reasoning(model: Model) -> bool:
    thinks = model.thinking in (Thinking.ALWAYS, Thinking.SWITCH)
    return thinks and model.reports_reasoning


def _stop_at(text: str, body: Mapping[str, Any]) -> str:
    for word in body.get("stop") or []:
        text = text.split(word, 1)[0]
    return text


def _spend(
    reasoning: str, text: str, body: Mapping[str, Any], model: Model
) -> tuple[str, str, str]:
    budget = body.get("max_tokens") or model.cap
    thought = cut(reasoning, budget)
    rest = budget - estimate(thought)
    content = cut(text, rest) if rest > 0 else ""
    finish = "stop" if thought == reasoning and content == text else "length"
    return thought, content, finish
