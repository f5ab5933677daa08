"""会话的存取：读窗口、存一轮、忘记、选择的模型。"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select

from ..domain import ConversationKey, Speaker, Thinking, Turn
from ..exception import StoreError
from . import queries
from .accounts import Expense
from .claims import Claims
from .database import Database
from .interruptions import Interruptions
from .ledger import LedgerStore
from .messages import MessageBook
from .notes import NoteStore
from .noting import Note
from .personas import PersonaStore
from .reading import read_conversation
from .recent import Recent
from .records import Records
from .rows import Conversation, StoredTurn, stored_key, stored_turn, turn_columns
from .settings import SettingStore
from .summaries import SummaryStore
from .tables import conversations


class ConversationStore:
    """所有会话。每个方法要么全部生效，要么全不生效；失败时抛 StoreError。

    先调用的先做：被取消的写如果已经开始，也一定先于之后的读写做完。
    """

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._clock = clock
        # 别的进程也在写，记着的就靠不住
        self._recent = Recent(0) if database.shared else Recent()
        database.on_write = self._recent.forget
        self.messages = MessageBook(database)
        self.notes = NoteStore(database, clock)
        self.personas = PersonaStore(database)
        self.summaries = SummaryStore(database)
        self.records = Records(database)
        self.settings = SettingStore(database)
        self.ledger = LedgerStore(database, clock)
        self.claims = Claims(database)
        self.interruptions = Interruptions(database)

    @classmethod
    async def open(cls, where: Path | str) -> ConversationStore:
        """打开 SQLite 文件，或 PostgreSQL 的地址。"""
        return cls(await Database.open(where))

    async def aclose(self) -> None:
        """关闭。"""
        with suppress(StoreError):  # 只是不知道哪条消息属于哪一轮，轮都在
            await self.messages.flush()
        await self._database.aclose()

    async def read(self, key: ConversationKey, limit: int) -> Conversation:
        """读出会话与窗口里最近的至多 `limit` 轮。"""
        if (known := self._recent.get(key, limit)) is not None:
            return known
        reading = self._recent.begin(key)

        conversation = await self._database.read(
            lambda c: read_conversation(c, key, limit)
        )
        self._recent.read(reading, conversation, limit)
        return conversation

    async def append(
        self,
        key: ConversationKey,
        turn: Turn,
        *,
        message_ids: Sequence[str] = (),
        window_start: int | None = None,
        replaces: int | None = None,
        notes: Sequence[Note] = (),
        expenses: Sequence[Expense] = (),
        payer: Speaker | None = None,
    ) -> int:
        """存一轮，返回它的编号。

        参数:
            key: 会话
            turn: 一问一答
            message_ids: 提问的各条消息
            window_start: 窗口从这一轮开始，`None` 为不变
            replaces: 同时删去这一轮（重新回答）
            notes: 模型在这一轮里记下的
            expenses: 同时记账
            payer: 记在谁的账上，`None` 是提问的人
        """
        values = {"created_at": self._clock(), **turn_columns(turn)}
        writing = self._recent.begin(key)

        def work(connection: Connection) -> tuple[int, int]:
            identity = writing.spend_identity()
            if identity is None:
                identity = queries.ensure_conversation(connection, key)
            if window_start is not None:
                queries.advance_window(connection, identity, window_start)
            turn_id = queries.insert_turn(connection, identity, **values)
            self.messages.write(connection, turn_id, message_ids)
            self.notes.write(connection, identity, notes, turn_id)
            self.ledger.write(connection, key, payer or turn.speaker, expenses)
            if replaces is not None:
                self.messages.hand_over(connection, replaces, turn_id)
                self.notes.hand_over(connection, replaces, turn_id)
                queries.delete_turn(connection, identity, replaces)
            return identity, turn_id

        numbered = replaces is not None or window_start is not None
        identity, turn_id = await self._database.write(work, (), again=not numbered)
        if replaces is None and not notes:
            stored = StoredTurn(turn_id, turn)
            self._recent.appended(writing, identity, stored, window_start)
        return turn_id

    async def move_window(self, key: ConversationKey, start: int) -> None:
        """让窗口从第 `start` 轮开始；存下的轮一个不少。"""

        def work(connection: Connection) -> None:
            identity = queries.ensure_conversation(connection, key)
            queries.advance_window(connection, identity, start)

        await self._database.write(work, (key,))

    async def choose_model(self, key: ConversationKey, model: str | None) -> None:
        """为会话记下选择的模型，`None` 为回到默认。"""
        await self._set(key, model=model)

    async def choose_thinking(self, key: ConversationKey, how: Thinking | None) -> None:
        """为会话记下选择的思考方式，`None` 为回到默认。"""
        await self._set(key, thinking=how and how.value)

    async def forget(self, key: ConversationKey) -> int:
        """忘记一个会话，返回忘记了几轮；选择的模型与备忘保留。"""
        which = queries.key_is(key)
        return await self._database.write(
            lambda c: queries.forget_turns(c, which), (key,)
        )

    async def forget_group(self, key: ConversationKey) -> int:
        """忘记 `key` 所在的群的一切会话（共用的与每个成员的），返回忘记了几轮。"""
        which = queries.group_is(key)
        return await self._database.write(lambda c: queries.forget_turns(c, which))

    async def group_keys(self, key: ConversationKey) -> list[ConversationKey]:
        """`key` 所在的群存着的会话，共用的与每个成员的。"""
        query = select(conversations).where(*queries.group_is(key))
        rows = await self._database.read(lambda c: c.execute(query).all())
        return [stored_key(row) for row in rows]

    async def newest(self, key: ConversationKey, limit: int) -> list[StoredTurn]:
        """最近的至多 `limit` 轮，从旧到新，窗口之外的也算。"""
        rows = await self._database.read(lambda c: queries.newest_rows(c, key, limit))
        return [stored_turn(row) for row in reversed(rows)]

    async def last(self, key: ConversationKey) -> StoredTurn | None:
        """最后一轮。"""
        newest = await self.newest(key, 1)
        return newest[0] if newest else None

    async def remove(self, key: ConversationKey, turn_id: int) -> None:
        """删去一轮；窗口因此空了就退回到更早的轮。"""

        def work(connection: Connection) -> None:
            identity = queries.ensure_conversation(connection, key)
            queries.delete_turn(connection, identity, turn_id)
            queries.widen_empty_window(connection, identity)

        await self._database.write(work, (key,))

    async def count(self, key: ConversationKey) -> int:
        """存下了几轮，窗口之外的也算。"""
        return await self._database.read(lambda c: queries.count_turns(c, key))

    async def _set(self, key: ConversationKey, **values: str | int | None) -> None:
        def work(connection: Connection) -> None:
            identity = queries.ensure_conversation(connection, key)
            queries.set_conversation(connection, identity, **values)

        await self._database.write(work, (key,))
