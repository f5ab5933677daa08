"""ChatService：排队、读历史、问 GLM、存下、交出回答。"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio.lowlevel

from ..domain import Answer, ConversationKey, Question, Scope, Thinking
from ..exception import GLMError, StoppedError
from .answering import Answerer
from .draft import ChatSettings
from .queue import ConversationQueue
from .results import ResetDone, Retriable, Status

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..conversation.rows import StoredTurn
    from ..conversation.store import ConversationStore

Deliver = Callable[[Answer], Awaitable[None]]
"""把回答送到聊天里；返回之前，同一会话的下一个提问等着。"""

FAILED_QUESTIONS = 256
"""最多为多少个会话记住失败的提问，供 `/glm retry`；只在内存里。"""


class ChatService:
    """回答提问的服务；每个方法失败时抛 GLMError。

    参数:
        store: 历史
        client: GLM
        settings: 问的方式
    """

    def __init__(
        self, store: ConversationStore, client: GLMClient, settings: ChatSettings
    ) -> None:
        self._store = store
        self._client = client
        self._answerer = Answerer(store, client, settings)
        self._queue = ConversationQueue()
        self._failed: OrderedDict[ConversationKey, Retriable] = OrderedDict()
        self._closed = False

    async def ask(
        self, question: Question, deliver: Deliver, replaces: int | None = None
    ) -> None:
        """回答一个提问：存下之后才交出去，失败的提问不留痕迹。

        参数:
            question: 提问
            deliver: 把回答送到聊天里
            replaces: 重答时取代这一轮

        异常:
            StoppedError: 被 `/glm stop` 或 `/glm reset` 中止，或正在关机
            GLMError: 其他失败
        """
        if self._closed:
            raise StoppedError("正在关机")
        async with self._queue.turn(question.key, question.speaker.id):
            if replaces is not None:
                replaces = await self._replaceable(question, replaces)
            try:
                answer = await self._answerer.answer(question, replaces)
            except GLMError:
                self._remember_failed(Retriable(question, replaces))
                raise
            self._failed.pop(question.key, None)
            # 恰在存完的一刻被中止：取消要到下一个等待点才来，而那时话已经说出去了
            await anyio.lowlevel.checkpoint_if_cancelled()
            await deliver(answer)

    async def retriable(self, key: ConversationKey) -> Retriable | None:
        """最后一个提问：刚失败的，或最后一轮的。"""
        if (failed := self._failed.get(key)) is not None:
            return failed
        if (last := await self._store.last(key)) is None:
            return None
        question = Question(key, last.turn.speaker, last.turn.question)
        return Retriable(question, last.id)

    async def last_turn(self, key: ConversationKey) -> StoredTurn | None:
        """最后一轮。"""
        return await self._store.last(key)

    async def undo(self, key: ConversationKey, turn_id: int) -> None:
        """忘记一轮。"""
        async with self._queue.alone([key]):
            await self._store.remove(key, turn_id)

    async def reset(self, key: ConversationKey) -> ResetDone:
        """忘记一个会话；在途的提问一律中止，晚到的回答不会留下。"""
        return await self._reset(lambda other: other == key, self._store.forget, key)

    async def reset_group(self, key: ConversationKey) -> ResetDone:
        """忘记 `key` 所在的群的一切会话，共用的与每个成员的。"""

        def same_group(other: ConversationKey) -> bool:
            place = (other.platform, other.bot_id, other.group_id)
            return other.scope is not Scope.PRIVATE and place == (
                key.platform,
                key.bot_id,
                key.group_id,
            )

        return await self._reset(same_group, self._store.forget_group, key)

    def stop(self, key: ConversationKey, speaker_id: str | None = None) -> int:
        """中止 `speaker_id` 的提问（`None` 为所有人的），返回中止了几个。"""
        return self._queue.stop(key, speaker_id)

    def is_busy(self, key: ConversationKey) -> bool:
        """会话里是否有提问在排队或正在回答。"""
        return bool(self._queue.busy(lambda other: other == key))

    async def choose_model(self, key: ConversationKey, model: str | None) -> None:
        """为会话选择模型，`None` 为回到默认。"""
        await self._store.choose_model(key, model)

    async def choose_default_model(self, model: str | None) -> None:
        """选择默认模型，`None` 为回到配置里的。"""
        await self._answerer.set_default_model(model)

    async def choose_thinking(self, key: ConversationKey, thinking: Thinking) -> None:
        """为会话选择思考方式。"""
        await self._store.choose_thinking(key, thinking)

    async def status(self, key: ConversationKey) -> Status:
        """会话的现状。"""
        conversation = await self._store.read(key, 0)
        last = await self._store.last(key)
        return Status(
            model=await self._answerer.model_of(conversation),
            thinking=self._answerer.thinking_of(conversation),
            turns=await self._store.count(key),
            last=last.turn if last else None,
        )

    async def check_key(self) -> None:
        """看密钥是否有效。"""
        await self._client.check()

    async def aclose(self) -> None:
        """不再接受提问，中止在途的并等它们退出，再关闭连接与数据库。"""
        self._closed = True
        busy = self._queue.busy(lambda key: True)
        for key in busy:
            self._queue.stop(key)
        async with self._queue.alone(busy):
            pass
        await self._client.aclose()
        await self._store.aclose()

    async def _reset(
        self,
        matches: Callable[[ConversationKey], bool],
        forget: Callable[[ConversationKey], Awaitable[int]],
        key: ConversationKey,
    ) -> ResetDone:
        busy = self._queue.busy(matches)
        stopped = sum(self._queue.stop(lane) for lane in busy)
        async with self._queue.alone([key, *busy]):
            for failed in [other for other in self._failed if matches(other)]:
                del self._failed[failed]
            return ResetDone(await forget(key), stopped)

    async def _replaceable(self, question: Question, turn_id: int) -> int:
        """轮到重答时该取代哪一轮：两个人同时要重答，后一个取代的是前一个的。"""
        last = await self._store.last(question.key)
        return last.id if last and last.turn.question == question.text else turn_id

    def _remember_failed(self, failed: Retriable) -> None:
        key = failed.question.key
        self._failed[key] = failed
        self._failed.move_to_end(key)
        if len(self._failed) > FAILED_QUESTIONS:
            self._failed.popitem(last=False)
