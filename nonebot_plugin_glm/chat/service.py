"""ChatService：别的房间对会话能做的一切。"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..domain import Audience, ConversationKey, Question, Thinking
from .answering import Answerer
from .asides import Asides
from .asking import Asking
from .billing import Billing
from .closing import close, drain
from .draft import ChatSettings
from .hooks import Hooks
from .personas import Personas
from .places import Places
from .queue import ConversationQueue, QueueLimits
from .resets import Resets
from .results import Recalled, ResetDone, Retriable, Status
from .rights import Rights
from .summaries import Summarizer
from .terms import ORDINARY, Terms

if TYPE_CHECKING:
    from ..api.client import GLMClient
    from ..api.parking import Parking
    from ..conversation.rows import StoredTurn
    from ..conversation.store import ConversationStore


class ChatService:
    """回答提问的服务；每个方法失败时抛 GLMError。

    参数:
        store: 历史
        client: GLM
        settings: 现在问的方式：设置随时会变，用时才问
        places: 群的选择与屏蔽的人
        limits: 队伍现在的分寸
        personas: 可以选的人设
        billing: 账本、价目与额度
        hooks: 别的插件的钩子
    """

    def __init__(
        self,
        store: ConversationStore,
        client: GLMClient,
        settings: Callable[[], ChatSettings],
        places: Places,
        limits: Callable[[], QueueLimits] = QueueLimits,
        personas: Personas | None = None,
        billing: Billing | None = None,
        hooks: Hooks | None = None,
    ) -> None:
        self.places = places
        self.notes = store.notes
        self.messages = store.messages
        self.personas = personas or Personas(store.personas, places)
        self.settings = store.settings
        self.billing = billing or Billing(store.ledger)
        self._now = settings
        self._store = store
        self._client = client
        self._answerer = Answerer(store, client, settings, self.personas)
        self._summarizer = Summarizer(store.summaries, client, settings, self.billing)
        queue = ConversationQueue(limits, claim=store.claims.hold)
        hooks = hooks or Hooks()
        self._asking = Asking(
            store, self._answerer, self._summarizer, queue, self.billing, hooks
        )
        self.elsewhere = self._asking.elsewhere
        self.asides = Asides(client, settings, self.personas, self.billing, queue)
        self._resets = Resets(store, self._asking)
        self.rights = Rights(
            store.records, self._asking, self._summarizer, self.billing.quotas
        )

    async def ask(
        self,
        question: Question,
        audience: Audience,
        replaces: int | None = None,
        terms: Terms = ORDINARY,
    ) -> bool:
        """回答一个提问，返回是否自成一轮，见 `Asking.ask`。"""
        return await self._asking.ask(question, audience, replaces, terms)

    def join(self, question: Question) -> bool:
        """并进同一个人刚问的、还没有人看到回答的提问；没有这样的提问则为假。"""
        return self._asking.queue.join(question)

    def may_join(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人现在说的话会不会并进他刚问的提问。"""
        return self._asking.queue.may_join(key, speaker_id)

    async def recall(self, key: ConversationKey, message_id: str) -> Recalled:
        """一条消息被撤回了，见 `Recalls.recall`。"""
        return await self._asking.recalls.recall(key, message_id)

    async def retriable(self, key: ConversationKey) -> Retriable | None:
        """最后一个提问：刚失败的，或最后一轮的。"""
        return await self._asking.retriable(key)

    async def last_turn(self, key: ConversationKey) -> StoredTurn | None:
        """最后一轮。"""
        return await self._store.last(key)

    async def newest_turns(self, key: ConversationKey, limit: int) -> list[StoredTurn]:
        """最近的至多 `limit` 轮，从旧到新。"""
        return await self._store.newest(key, limit)

    async def undo(self, key: ConversationKey, turn_id: int) -> None:
        """忘记一轮。"""
        async with self._asking.queue.alone([key]):
            await self._store.remove(key, turn_id)

    async def reset(self, key: ConversationKey) -> ResetDone:
        """忘记一个会话；在途的提问一律中止，晚到的回答不会留下。"""
        return await self._resets.reset(key)

    async def reset_group(self, key: ConversationKey) -> ResetDone:
        """忘记 `key` 所在的群的一切会话，共用的与每个成员的。"""
        return await self._resets.reset_group(key)

    async def stop(self, key: ConversationKey, speaker_id: str | None = None) -> int:
        """中止 `speaker_id` 的提问（`None` 为所有人的），返回本进程里中止了几个。"""
        return await self._asking.stops.conversation(key, speaker_id)

    async def stop_group(self, key: ConversationKey) -> None:
        """中止 `key` 所在的群的一切提问，各成员的会话里的也算。"""
        await self._asking.stops.group(key)

    async def stop_person(self, platform: str, speaker_id: str) -> None:
        """中止一个人在各处的提问。"""
        await self._asking.stops.person(platform, speaker_id)

    def has_asked(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人是否有提问在排队或正在回答。"""
        return self._asking.queue.has_asked(key, speaker_id)

    def is_hearing(self, key: ConversationKey, speaker_id: str) -> bool:
        """这个人是否正听着一个还没有说完的回答。"""
        return self._asking.queue.is_hearing(key, speaker_id)

    @property
    def busy(self) -> bool:
        """是否有任何提问在排队或正在回答。"""
        return self._asking.queue.active

    def is_busy(self, key: ConversationKey) -> bool:
        """会话里是否有提问在排队或正在回答。"""
        return bool(self._asking.queue.busy(lambda other: other == key))

    async def choose_model(self, key: ConversationKey, model: str | None) -> None:
        """为会话选择模型，`None` 为回到默认。"""
        await self._store.choose_model(key, model)

    async def choose_thinking(self, key: ConversationKey, how: Thinking | None) -> None:
        """为会话选择思考方式，`None` 为回到默认。"""
        await self._store.choose_thinking(key, how)

    async def status(self, key: ConversationKey) -> Status:
        """会话的现状。"""
        settings = self._now()
        conversation = await self._store.read(key, 0)
        last = await self._store.last(key)
        return Status(
            model=conversation.model or settings.model,
            thinking=conversation.thinking or settings.thinking,
            turns=await self._store.count(key),
            last=last.turn if last else None,
        )

    async def check_key(self) -> None:
        """看密钥是否有效。"""
        await self._client.check()

    @property
    def key_count(self) -> int:
        """一共几个密钥。"""
        return len(self._client.keys)

    def parked_keys(self) -> list[tuple[int, Parking]]:
        """此刻搁置着的密钥：第几个，为什么。"""
        return self._client.keys.parked()

    async def drain(self, seconds: float) -> None:
        """要关机了：在答的至多再等 `seconds` 秒，见 `closing.drain`。"""
        await drain(self._asking.queue, seconds)

    async def aclose(self) -> None:
        """不再接受提问，中止在途的并等它们退出，再关闭连接与数据库。"""
        await close(self._asking.queue)
        await self._summarizer.cancel()
        await self._client.aclose()
        await self._store.aclose()
