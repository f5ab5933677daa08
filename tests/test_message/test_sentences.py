"""sentences：每种失败有一句说清怎么办的话。"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from nonebot.compat import model_fields

from nonebot_plugin_glm.config import Config
from nonebot_plugin_glm.exception import (
    AnswerTimeoutError,
    APIError,
    AuthError,
    ContentFilteredError,
    DailyQuotaError,
    EmptyAnswerError,
    GLMError,
    QuotaError,
    RateLimitError,
    RefusedError,
    StoppedError,
)
from nonebot_plugin_glm.message import sentences
from nonebot_plugin_glm.message.sentences import SENTENCES, sentence_for

SECRET = "0123456789abcdef.secret"
RESET = "2026-11-23 08:00:00"
UNSPOKEN = {APIError, StoppedError}


def descendants(cls: type[GLMError]) -> Iterator[type[GLMError]]:
    """一个类的所有子孙。"""
    for child in cls.__subclasses__():
        yield child
        yield from descendants(child)


KINDS = sorted(set(descendants(GLMError)) - UNSPOKEN, key=lambda cls: cls.__name__)
SPECIAL = [
    sentences.UNEXPECTED,
    sentences.THOUGHT_TOO_LONG,
    sentences.CLOCK_WRONG,
    sentences.HISTORY_BLAMED,
]
FORBIDDEN = re.compile(r"Error|Exception|Traceback|http|[{}<>]|\bkey\b|None")


def build(cls: type[GLMError]) -> GLMError:
    """一个带着上游说明的失败。"""
    if issubclass(cls, APIError):
        return cls(429, "1302", f"detail {SECRET}")
    if issubclass(cls, RefusedError):
        return cls()
    return cls(30.0) if cls is AnswerTimeoutError else cls("原因")


@pytest.mark.parametrize("cls", KINDS)
def test_every_failure_has_its_own_sentence(cls: type[GLMError]) -> None:
    """每个异常类都在表里，不靠父类的句子。"""
    assert sentence_for(build(cls), detailed=False) == SENTENCES[cls]


@pytest.mark.parametrize("sentence", [*SENTENCES.values(), *SPECIAL])
def test_sentences_are_for_people(sentence: str) -> None:
    """是完整的中文句子，没有程序员的词。"""
    assert sentence.endswith("。")
    assert re.search(r"[\u4e00-\u9fff]{4}", sentence)
    assert not FORBIDDEN.search(sentence)


def test_settings_named_in_sentences_exist() -> None:
    """句子里提到的每个键都真的有。"""
    named = re.findall(r"GLM_[A-Z_]+", "".join([*SENTENCES.values(), *SPECIAL]))
    known = {field.name for field in model_fields(Config)}
    assert named
    assert {name.lower() for name in named} <= known


@pytest.mark.parametrize("cls", KINDS)
def test_details_are_for_the_owner(cls: type[GLMError]) -> None:
    """超级用户多看到业务码，没有上游的说明；没有业务码的还是那一句。"""
    error = build(cls)
    code = "（HTTP 429，业务码 1302）" if isinstance(error, APIError) else ""
    assert sentence_for(error, detailed=True) == SENTENCES[cls] + code


@pytest.mark.parametrize("cls", KINDS)
def test_commands_are_written_as_this_bot_takes_them(cls: type[GLMError]) -> None:
    """`COMMAND_START` 里没有斜线的机器人，句子里的命令也照它的写法。"""
    sentence = sentence_for(build(cls), detailed=False, command="。glm")
    assert sentence == SENTENCES[cls].replace("/glm ", "。glm ")
    assert "/glm" not in sentence


def test_words_of_another_plugin_are_left_alone() -> None:
    """别的插件要说的话原样说。"""
    error = RefusedError("请看 /glm help")
    assert sentence_for(error, detailed=True, command="。glm") == "请看 /glm help"


CASES = {
    "thought too long": (EmptyAnswerError("length"), sentences.THOUGHT_TOO_LONG),
    "clock": (AuthError(401, "1003"), sentences.CLOCK_WRONG),
    "expired otherwise": (AuthError(401, "1000"), SENTENCES[AuthError]),
    "history": (ContentFilteredError(400, role="history"), sentences.HISTORY_BLAMED),
    "question": (
        ContentFilteredError(400, role="user"),
        SENTENCES[ContentFilteredError],
    ),
    "empty": (EmptyAnswerError("stop"), SENTENCES[EmptyAnswerError]),
    "refused": (RefusedError("不能说这个。"), "不能说这个。"),
    "wait": (RateLimitError(429, retry_after=3), SENTENCES[RateLimitError]),
}


@pytest.mark.parametrize(("error", "expected"), CASES.values(), ids=CASES)
def test_special_cases(error: GLMError, expected: str) -> None:
    """同一类失败里，该做的事不同的另有一句。"""
    assert sentence_for(error, detailed=False) == expected


def test_quota_tells_when_it_comes_back() -> None:
    """知道额度何时恢复就说出来。"""
    sentence = sentence_for(QuotaError(429, reset_at=RESET), detailed=False)
    assert sentence.startswith(SENTENCES[QuotaError])
    assert f"{RESET}（北京时间）" in sentence
    assert sentence.endswith("。")


DAILY = {
    DailyQuotaError("user", 100, "次"): "你今天的额度（100 次）用完了，",
    DailyQuotaError(
        "group", 500_000, "token"
    ): "本群今天的额度（500,000 token）用完了，",
    DailyQuotaError("total", 1_500_000, "元"): "机器人今天的额度（1.5 元）用完了，",
}


@pytest.mark.parametrize("error", DAILY, ids=repr)
def test_daily_quota(error: DailyQuotaError) -> None:
    """今天的额度：谁的、多少、何时恢复。"""
    sentence = sentence_for(error, detailed=True)
    assert sentence == f"{DAILY[error]}明天 0 点（北京时间）恢复。"


def test_nearly_used_up() -> None:
    """快用完了：用了几成、多少、何时恢复。"""
    assert sentences.nearly_used_up("user", 81, 100, "次") == (
        "你今天的额度用了 81%（81 次，共 100 次），明天 0 点（北京时间）恢复。"
    )


def test_new_subclass_speaks_as_its_parent() -> None:
    """没有列出的子类用父类的句子。"""
    child = type("ChildError", (RateLimitError,), {})(429)
    assert sentence_for(child, detailed=False) == SENTENCES[RateLimitError]
