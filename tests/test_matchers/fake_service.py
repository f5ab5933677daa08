"""假的服务：记下被要求做的事，照吩咐回答或失败。"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nonebot_plugin_glm.api.parking import Parking
from nonebot_plugin_glm.chat.billing import Billing
from nonebot_plugin_glm.chat.elsewhere import Elsewhere
from nonebot_plugin_glm.chat.places import Places
from nonebot_plugin_glm.chat.results import ResetDone, Retriable, Status
from nonebot_plugin_glm.chat.terms import ORDINARY, Terms
from nonebot_plugin_glm.conversation.ledger import LedgerStore
from nonebot_plugin_glm.conversation.places import PlaceStore
from nonebot_plugin_glm.conversation.rows import StoredTurn
from nonebot_plugin_glm.conversation.settings import SettingStore
from nonebot_plugin_glm.domain import (
    Answer,
    Audience,
    ConversationKey,
    Place,
    Question,
    Speaker,
    Thinking,
    Turn,
    Usage,
)
from nonebot_plugin_glm.matchers import chat, dispatch, runtime


class NoChoices(PlaceStore):
    """只在内存里的 PlaceStore。"""

    def __init__(self) -> None:
        self.chosen: list[tuple[Any, ...]] = []

    async def choose(self, place: Place, name: str, value: str | None) -> None:
        """记下一项选择。"""
        self.chosen.append((place, name, value))

    async def block(self, platform: str, user_id: str, *, on: bool) -> None:
        """记下屏蔽。"""
        self.chosen.append((platform, user_id, on))


class NoSettings(SettingStore):
    """记在 `done` 里的 SettingStore。"""

    def __init__(self, done: list[tuple[Any, ...]]) -> None:
        self.done = done

    async def put(self, name: str, value: str | None) -> None:
        """记下一项。"""
        self.done.append((name, value))


class NoLedger(LedgerStore):
    """什么也没有的账本。"""

    def __init__(self) -> None:
        self._clock = lambda: 0.0


class AnotherProcess(Elsewhere):
    """另一个进程，`busy` 时正在答。"""

    def __init__(self) -> None:
        self.busy = False

    async def is_answering(self, key: ConversationKey) -> bool:
        """是不是正在答。"""
        return self.busy


ASKER = Speaker("2", "甲")
LAST = StoredTurn(5, Turn("问", "答", ASKER, "glm-4.7", Usage(100, 80, 20)))


class FakeService:
    """ChatService 的替身。"""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.failure: BaseException | None = None
        self.key_failure: Exception | None = None
        self.key_count = 1
        self.parked: list[tuple[int, Parking]] = []
        self.answer = Answer("答", "glm-4.7")
        self.last: StoredTurn | None = LAST
        self.running: dict[str, int] = {}
        self.elsewhere = AnotherProcess()
        self.forgotten = ResetDone(3, 0)
        self.places = Places(NoChoices(), {}, set())
        self.rights: Any = None
        self.settings = NoSettings(self.done)
        self.billing = Billing(NoLedger())

    async def ask(
        self,
        question: Question,
        audience: Audience,
        replaces: int | None = None,
        terms: Terms = ORDINARY,
    ) -> bool:
        """记下提问，交出回答。"""
        self.done.append(("ask", question, replaces))
        if self.failure:
            raise self.failure
        await audience.finish(self.answer)
        return True

    def join(self, question: Question) -> bool:
        """从不合并。"""
        return False

    async def newest_turns(self, key: ConversationKey, limit: int) -> list[StoredTurn]:
        """最近的几轮。"""
        return [self.last] * limit if self.last else []

    async def last_turn(self, key: ConversationKey) -> StoredTurn | None:
        """最后一轮。"""
        if self.failure:
            raise self.failure
        return self.last

    async def retriable(self, key: ConversationKey) -> Retriable | None:
        """最后一个提问。"""
        if self.last is None:
            return None
        return Retriable(Question(key, ASKER, "问"), self.last.id)

    async def reset(self, key: ConversationKey) -> ResetDone:
        """忘记一个会话。"""
        self.done.append(("reset", key))
        return self.forgotten

    async def reset_group(self, key: ConversationKey) -> ResetDone:
        """忘记一个群。"""
        self.done.append(("reset_group", key))
        return self.forgotten

    async def undo(self, key: ConversationKey, turn_id: int) -> None:
        """忘记一轮。"""
        self.done.append(("undo", key, turn_id))

    async def choose_model(self, key: ConversationKey, model: str | None) -> None:
        """为会话选择模型。"""
        self.done.append(("choose_model", key, model))

    async def choose_thinking(self, key: ConversationKey, how: Thinking | None) -> None:
        """选择思考方式。"""
        self.done.append(("choose_thinking", key, how))

    async def stop(self, key: ConversationKey, speaker_id: str | None = None) -> int:
        """中止一个人的或所有人的提问。"""
        self.done.append(("stop", key, speaker_id))
        if speaker_id is None:
            return sum(self.running.values())
        return self.running.get(speaker_id, 0)

    async def stop_group(self, key: ConversationKey) -> None:
        """中止一个群的提问。"""
        self.done.append(("stop_group", key))

    async def stop_person(self, platform: str, speaker_id: str) -> None:
        """中止一个人的提问。"""
        self.done.append(("stop_person", platform, speaker_id))

    def has_asked(self, key: ConversationKey, speaker_id: str) -> bool:
        """他是否在问。"""
        return speaker_id in self.running

    def is_hearing(self, key: ConversationKey, speaker_id: str) -> bool:
        """没有人正听着。"""
        return False

    def is_busy(self, key: ConversationKey) -> bool:
        """是否有人在问。"""
        return bool(self.running)

    async def status(self, key: ConversationKey) -> Status:
        """会话的现状。"""
        turn = self.last.turn if self.last else None
        return Status("glm-4.7", Thinking.AUTO, 3 if turn else 0, turn)

    async def check_key(self) -> None:
        """看密钥是否有效。"""
        if self.key_failure:
            raise self.key_failure

    def parked_keys(self) -> list[tuple[int, Parking]]:
        """搁置着的密钥。"""
        return self.parked


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeService]:
    """代替真的服务；之后设置回到原样。"""
    fake = FakeService()

    async def get_service() -> FakeService:
        return fake

    monkeypatch.setattr(chat, "get_service", get_service)
    monkeypatch.setattr(dispatch, "get_service", get_service)
    yield fake
    for name, value in runtime.settings.original.items():
        setattr(runtime.config, name, value)
    runtime.settings._changed.clear()
