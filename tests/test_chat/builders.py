"""测试共用的会话、提问、设置与收件箱。"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

from nonebot_plugin_glm.api.client import GLMClient
from nonebot_plugin_glm.api.endpoint import Endpoint
from nonebot_plugin_glm.api.retry import RetryPolicy
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.draft import ChatSettings
from nonebot_plugin_glm.chat.hooks import Hooks
from nonebot_plugin_glm.chat.places import Places
from nonebot_plugin_glm.chat.queue import QueueLimits
from nonebot_plugin_glm.chat.service import ChatService
from nonebot_plugin_glm.conversation.places import PlaceStore
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


def real_client(glm: FakeGLM, *, retries: int = 2, patience: float = 30) -> GLMClient:
    """连着假 GLM 的真客户端，重试不等；`patience` 秒没有动静算断了。"""
    return GLMClient(
        glm.api_key,
        auth="bearer",
        endpoint=Endpoint(base_url=glm.base_url, read_timeout=patience),
        retry=RetryPolicy(max_retries=retries, base=0.001, cap=0.002),
        fallback_models=lambda: ("glm-4-flash-250414",),
    )


class NoChoices(PlaceStore):
    """什么也不记的 PlaceStore。"""

    def __init__(self) -> None:
        pass


def service_of(
    store: ConversationStore,
    client: GLMClient,
    settings: ChatSettings | None = None,
    limits: QueueLimits | None = None,
    billing: Billing | None = None,
    hooks: Hooks | None = None,
) -> ChatService:
    """没有群选择过什么的服务。"""
    places = Places(NoChoices(), {}, set())
    manner, length = settings or chat_settings(), limits or QueueLimits()
    return ChatService(
        store,
        client,
        lambda: manner,
        places,
        lambda: length,
        billing=billing,
        hooks=hooks,
    )


class Inbox:
    """看回答的人：收下写完的回答，先做 `meanwhile`；`eager` 的写一段就看到了。"""

    def __init__(
        self,
        meanwhile: Callable[[Answer], Awaitable[None]] | None = None,
        *,
        eager: bool = False,
    ) -> None:
        self.answers: list[Answer] = []
        self.sent: list[str] = []
        self.restarts = 0
        self.withdrawn = 0
        self.written = ""
        self.people: list[Speaker] = []
        self._meanwhile = meanwhile
        self._eager = eager

    @property
    def seen(self) -> bool:
        """是否看到了一部分。"""
        return self._eager and bool(self.written)

    def meet(self, people: Iterable[Speaker], question: Question) -> None:
        """记下在场的人。"""
        self.people = list(people)

    def restart(self) -> None:
        """从头再写。"""
        self.restarts += 1
        self.written = ""

    def read(self, text: str) -> None:
        """又写出了一段。"""
        self.written += text

    async def finish(self, answer: Answer) -> None:
        """收下。"""
        if self._meanwhile:
            await self._meanwhile(answer)
        self.answers.append(answer)
        self.sent.append(f"a{len(self.answers)}")

    async def withdraw(self) -> None:
        """收回。"""
        self.withdrawn += 1

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


async def outcome(asking: Coroutine[Any, Any, object]) -> type[GLMError] | None:
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
