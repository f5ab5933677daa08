"""公开接口的名字与形状：添一个、改一个都要先改这里，想清楚了再改。"""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from nonebot.adapters.onebot.v11 import MessageEvent

import nonebot_plugin_glm
from nonebot_plugin_glm import ConversationKey, Scope, exception
from nonebot_plugin_glm.matchers.keys import get_key
from tests.test_message.builders import (
    GROUP,
    SELF,
    USER,
    ScriptedBot,
    group_event,
    private_event,
)

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
OPTIONS = (
    "(text: 'str', *, conversation: 'ConversationKey | None' = None, "
    "speaker: 'Speaker | None' = None, system_prompt: 'str | None' = None, "
    "model: 'str | None' = None, temperature: 'float | None' = None, "
    "max_tokens: 'int | None' = None)"
)
FUNCTIONS = {
    "after_answer": "(hook: 'A') -> 'A'",
    "ask": f"{OPTIONS} -> 'Answer'",
    "before_answer": "(hook: 'B') -> 'B'",
    "conversation_of": "(bot: 'Bot', event: 'Event') -> 'ConversationKey'",
    "history": "(conversation: 'ConversationKey', limit: 'int' = 20) -> 'list[Turn]'",
    "reset": "(conversation: 'ConversationKey') -> 'int'",
    "speaker_of": "(bot: 'Bot', event: 'Event') -> 'Speaker'",
    "stream": f"{OPTIONS} -> 'AsyncGenerator[str, None]'",
}
AWAITED = set(FUNCTIONS) - {"after_answer", "before_answer", "stream"}
VALUES = {
    "Answer": "text: str, model: str, finish: str, usage: Usage, saved: bool, "
    "noted: tuple[str, ...], fallback: bool",
    "ConversationKey": "platform: str, bot_id: str, scope: Scope, group_id: str, "
    "user_id: str",
    "Question": "key: ConversationKey, speaker: Speaker, text: str, "
    "message_ids: tuple[str, ...], referred: str, referred_id: str, overheard: str, "
    "place_name: str",
    "Speaker": "id: str, name: str",
    "Turn": "question: str, answer: str, speaker: Speaker, model: str, usage: Usage, "
    "referred: str",
}
USAGE = (
    "prompt_tokens: int, cached_tokens: int, completion_tokens: int, "
    "reasoning_tokens: int"
)
CHOICES = {"Scope": "PRIVATE, GROUP, MEMBER"}
ERRORS = {"GLMError", "RefusedError"}
TREE = """
GLMError
  APIError: code, detail, retry_after, status
    AuthError
    ContentFilteredError: role
    ContextTooLongError
    InvalidMessagesError
    InvalidRequestError
    ModelNotFoundError
    QuotaError: reset_at
    RateLimitError
    ServerError
  AnswerTimeoutError: seconds
  ArchiveError
  ClosingError
  DailyQuotaError: amount, day, unit, whose
  EmptyAnswerError: finish
  MissingKeyError
  NetworkError: silent
  ProtocolError
  QueueFullError
  RefusedError: sentence
  StoppedError
  StoreError
"""
ROOMS = [
    *("api", "chat", "cli", "config", "conversation", "domain", "exception"),
    *("matchers", "message", "public"),
]


def test_names() -> None:
    """公开的名字，不多不少，依字母的次序。"""
    expected = sorted({*FUNCTIONS, *VALUES, *CHOICES, *ERRORS})
    assert nonebot_plugin_glm.__all__ == expected


def test_rooms() -> None:
    """包里的模块；公开的只有包本身与 `exception`。"""
    found = pkgutil.iter_modules(nonebot_plugin_glm.__path__)
    assert sorted(module.name for module in found) == ROOMS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str) -> None:
    """参数、默认值与返回的类型，要不要等。"""
    function = getattr(nonebot_plugin_glm, name)
    assert str(inspect.signature(function)) == FUNCTIONS[name]
    assert inspect.iscoroutinefunction(function) is (name in AWAITED)


def shape(cls: type) -> str:
    """一个值的各项。"""
    return ", ".join(f"{field.name}: {field.type}" for field in fields(cls))


@pytest.mark.parametrize("name", VALUES)
def test_values(name: str) -> None:
    """值的各项与类型；不可变。"""
    cls = getattr(nonebot_plugin_glm, name)
    assert shape(cls) == VALUES[name]
    assert cls.__dataclass_params__.frozen


@pytest.mark.parametrize("name", CHOICES)
def test_choices(name: str) -> None:
    """可以选的几种。"""
    assert ", ".join(getattr(nonebot_plugin_glm, name).__members__) == CHOICES[name]


KEYS = {
    "group": (group_event(), (Scope.GROUP, str(GROUP))),
    "private": (private_event(), (Scope.PRIVATE, "", str(USER))),
}


@pytest.mark.parametrize(("event", "rest"), KEYS.values(), ids=KEYS)
def test_key_written_by_hand(event: MessageEvent, rest: tuple[Any, ...]) -> None:
    """照 README 自己写的会话，与事件所在的是同一个。"""
    key = get_key(ScriptedBot(), event)
    assert ConversationKey("qq", str(SELF), *rest) == key


def test_usage() -> None:
    """`answer.usage` 的各项。"""
    assert shape(type(nonebot_plugin_glm.Answer("", "").usage)) == USAGE


def tree(cls: type[Exception], depth: int = 0) -> Iterator[str]:
    """异常的树，各带自己的数据。"""
    own = vars(cls).get("__init__")
    names = set(own.__code__.co_names) - {"super", "__init__"} if own else set()
    data = sorted(name for name in names if f"self.{name} =" in inspect.getsource(cls))
    yield "  " * depth + cls.__name__ + (f": {', '.join(data)}" if data else "")
    for child in sorted(cls.__subclasses__(), key=lambda c: c.__name__):
        if child.__module__ == exception.__name__:
            yield from tree(child, depth + 1)


def test_exceptions() -> None:
    """每一种失败，它是哪一种的一种，带着什么。"""
    assert list(tree(exception.GLMError)) == TREE.strip().splitlines()


@pytest.mark.parametrize("name", nonebot_plugin_glm.__all__)
def test_documented(name: str) -> None:
    """每个名字有说明，README 里说起它。"""
    assert inspect.getdoc(getattr(nonebot_plugin_glm, name))
    section = README.partition("## 给别的插件")[2].partition("\n## ")[0]
    assert re.search(rf"\b{name}\b", section)
