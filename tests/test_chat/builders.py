"""测试共用的会话、提问、设置与收件箱。"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.connection import Endpoint
from nonebot_plugin_glm.api.retry import RetryPolicy
from nonebot_plugin_glm.chat.draft import ChatSettings
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.store import ConversationStore
from nonebot_plugin_glm.conversation.window import WindowLimits
from nonebot_plugin_glm.domain import Answer, ConversationKey, Question, Scope, Speaker
from nonebot_plugin_glm.exception import GLMError
from tests.fake_glm import FakeGLM

EVERYTHING = 100_000
MODEL = "glm-4.7-flash"
ALICE, BOB = Speaker("1", "甲"), Speaker("2", "乙")
GROUP = ConversationKey("qq", "10000", Scope.GROUP, "9")
OTHER_GROUP = ConversationKey("qq", "10000", Scope.GROUP, "8")
PRIVATE = ConversationKey("qq", "10000", Scope.PRIVATE, "", "1")
MEMBER = ConversationKey("qq", "10000", Scope.MEMBER, "9", "1")


def question(
    text: str = "问", key: ConversationKey = PRIVATE, speaker: Speaker = ALICE
) -> Question:
    """一个提问。"""
    return Question(key, speaker, text)


def chat_settings(
    turns: int = 60,
    tokens: int = 24000,
    *,
    timeout: float = 5.0,
    stream: bool = True,
) -> ChatSettings:
    """问的方式。"""
    return ChatSettings(
        MODEL,
        "你是助手。",
        WindowLimits(turns, tokens),
        timeout=timeout,
        stream=stream,
    )


def real_client(glm: FakeGLM, *, retries: int = 2) -> GLMClient:
    """连着假 GLM 的真客户端，重试不等。"""
    return GLMClient(
        glm.api_key,
        auth="bearer",
        endpoint=Endpoint(base_url=glm.base_url, read_timeout=0.15),
        retry=RetryPolicy(max_retries=retries, base=0.001, cap=0.002),
        fallback_models=("glm-4-flash-250414",),
    )


class Inbox:
    """聊天：收下交出来的回答。"""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    async def __call__(self, answer: Answer) -> None:
        self.answers.append(answer)

    @property
    def texts(self) -> list[str]:
        """收到的文字。"""
        return [answer.text for answer in self.answers]


async def history(
    store: ConversationStore, key: ConversationKey = PRIVATE
) -> list[tuple[str, str]]:
    """窗口里的问与答，从旧到新。"""
    turns = (await store.read(key, EVERYTHING)).turns
    return [(stored.turn.question, stored.turn.answer) for stored in turns]


async def outcome(asking: Coroutine[Any, Any, None]) -> type[GLMError] | None:
    """提问的结局：异常的类，或没有异常。"""
    try:
        await asking
    except GLMError as error:
        return type(error)
    return None


async def talk(service: ChatService, count: int) -> None:
    """先聊几轮。"""
    for n in range(count):
        await service.ask(question(f"旧{n}"), Inbox())
