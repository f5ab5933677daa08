"""depends.Apologies：一切失败的去处。"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from nonebot.adapters.onebot.v11 import ActionFailed
from nonebot.exception import FinishedException, StopPropagation
from nonebot.log import logger

from nonebot_plugin_glm.exception import (
    EmptyAnswerError,
    MissingKeyError,
    QuotaError,
    ServerError,
    StoppedError,
)
from nonebot_plugin_glm.matchers import depends
from nonebot_plugin_glm.matchers.depends import Apologies
from nonebot_plugin_glm.message.outgoing import Outgoing
from nonebot_plugin_glm.message.sentences import SENTENCES, THOUGHT_TOO_LONG, UNEXPECTED
from tests.conftest import SUPERUSER
from tests.test_message.builders import ScriptedBot, private_event

SECRET = "别人说的话"


@pytest.fixture
def logs() -> Iterator[list[str]]:
    """这个测试里的日志，一条一项，级别在前。"""
    lines: list[str] = []
    sink = logger.add(lambda line: lines.append(str(line)), format="{level} {message}")
    yield lines
    logger.remove(sink)


async def fail(error: BaseException, *, user_id: int = 2) -> list[str]:
    """在边界里失败一次，返回聊天里说了什么。"""
    bot, event = ScriptedBot(), private_event(user_id=user_id)
    async with Apologies(bot, event, Outgoing(bot, event, quote=False)):
        raise error
    return bot.said


KNOWN = [MissingKeyError(), QuotaError(429, "1113", SECRET), ServerError(500)]


@pytest.mark.parametrize("error", KNOWN, ids=lambda error: type(error).__name__)
async def test_known_failure_is_one_sentence(
    error: MissingKeyError | QuotaError | ServerError, logs: list[str]
) -> None:
    """认得的失败得到一句话与一条警告，都没有上游的说明。"""
    assert await fail(error) == [SENTENCES[type(error)]]
    [line] = [line for line in logs if "提问失败" in line]
    assert line.startswith(f"WARNING 提问失败：{type(error).__name__}")
    assert SECRET not in "".join(logs)


async def test_owner_sees_the_code() -> None:
    """超级用户多看到业务码。"""
    [sentence] = await fail(QuotaError(429, "1113"), user_id=SUPERUSER)
    assert sentence == f"{SENTENCES[QuotaError]}（HTTP 429，业务码 1113）"


async def test_commands_are_written_as_they_are_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """句子与说明里的命令都照 `COMMAND_START` 写。"""
    monkeypatch.setattr(depends, "COMMAND", "。glm")
    [sentence] = await fail(EmptyAnswerError("length"))
    assert sentence == THOUGHT_TOO_LONG.replace("/glm", "。glm")
    assert depends.manner().command == "。glm"


async def test_unexpected_failure_is_logged(logs: list[str]) -> None:
    """意料之外的错得到一句话，日志里有缘由与位置，聊天里没有。"""
    assert await fail(ZeroDivisionError("坏了")) == [UNEXPECTED]
    [line] = [line for line in logs if line.startswith("ERROR")]
    assert "ZeroDivisionError: 坏了" in line
    assert "test_boundary.py" in line


async def test_stopping_says_nothing(logs: list[str]) -> None:
    """中止的提问不必再说什么，也不是错误。"""
    assert await fail(StoppedError("提问被中止")) == []
    assert not [line for line in logs if line.startswith(("WARNING", "ERROR"))]


PASSING = [FinishedException(), StopPropagation(), ActionFailed(retcode=1)]


@pytest.mark.parametrize(
    "error", [*PASSING, asyncio.CancelledError()], ids=lambda e: type(e).__name__
)
async def test_others_pass(error: BaseException) -> None:
    """NoneBot 自己的异常与取消原样通过。"""
    with pytest.raises(type(error)):
        await fail(error)


async def test_success_says_nothing() -> None:
    """没有失败就什么也不说。"""
    bot, event = ScriptedBot(), private_event()
    async with Apologies(bot, event, Outgoing(bot, event, quote=False)):
        pass
    assert bot.tried == []
