"""domain 与 exception：值与异常本身。"""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm import exception
from nonebot_plugin_glm.domain import Answer, ConversationKey, Scope, Usage, well_formed
from nonebot_plugin_glm.exception import (
    AnswerTimeoutError,
    APIError,
    EmptyAnswerError,
    GLMError,
    RateLimitError,
)

ERRORS = [
    value
    for value in vars(exception).values()
    if isinstance(value, type) and issubclass(value, GLMError)
]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\x00b", "ab"),
        ("汉字😀", "汉字😀"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d", "\ufffd"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\x00\ude00", "😀"),
        ("\ufeff好", "\ufeff好"),
    ],
)
def test_well_formed(text: str, result: str) -> None:
    """成对的代理合为一字，落单的换掉，NUL 去掉，其余不动。"""
    assert well_formed(text) == result


anything = st.text(st.characters(codec=None, categories=None))


@given(anything)
def test_always_well_formed(text: str) -> None:
    """任何字符串都能变得可以编码，再变一次不再变化。"""
    result = well_formed(text)
    result.encode()
    assert "\x00" not in result
    assert well_formed(result) == result


def test_keys_are_values() -> None:
    """会话的名字逐项相等才是同一个，可作字典的键，不可改。"""
    key = ConversationKey("qq", "1", Scope.GROUP, "2")
    assert len({key, ConversationKey("qq", "1", Scope.GROUP, "2")}) == 1
    assert key != ConversationKey("qq", "1", Scope.MEMBER, "2")
    with pytest.raises(FrozenInstanceError):
        key.group_id = "3"  # type: ignore[misc]


def test_answer_defaults() -> None:
    """回答默认正常结束、已存下、用量为零。"""
    answer = Answer("好", "glm")
    assert (answer.finish, answer.saved, answer.usage) == ("stop", True, Usage())


def test_tree_in_the_docstring() -> None:
    """模块说明里画的树与实际的类一致。"""
    drawn = re.findall(r"^[│├└─ ]*(\w+Error)\b", exception.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(cls.__name__ for cls in ERRORS)


@pytest.mark.parametrize("cls", ERRORS)
def test_repr(cls: type[GLMError]) -> None:
    """每个异常都说得出自己的名字与文本，不带说明。"""
    if issubclass(cls, APIError):
        error = cls(429, "1302", "说明")
        assert repr(error) == f"{cls.__name__}(HTTP 429，业务码 1302)"
        assert error.detail == "说明"
        return
    error = cls(30) if cls is AnswerTimeoutError else cls("缘由")
    assert repr(error) == f"{cls.__name__}({error})"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (APIError(502), "HTTP 502"),
        (RateLimitError(429, "1302", retry_after=7), "HTTP 429，业务码 1302"),
        (AnswerTimeoutError(1.5), "超过 1.5 秒"),
        (AnswerTimeoutError(180.0), "超过 180 秒"),
        (EmptyAnswerError(), "空回答"),
        (EmptyAnswerError("length"), "length"),
    ],
)
def test_text(error: GLMError, text: str) -> None:
    """异常文本。"""
    assert str(error) == text
