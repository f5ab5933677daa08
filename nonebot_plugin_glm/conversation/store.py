"""会话的存取：读窗口、存一轮、忘记、选择的模型。"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from ..domain import ConversationKey, Scope, Thinking, Turn
from .database import Database
from .rows import (
    StoredTurn,
    ensure_conversation,
    key_is,
    set_conversation,
    stored_turn,
    turn_columns,
)
from .tables import conversations, settings, turns

_DEFAULT_MODEL = "model"


@dataclass(frozen=True, slots=True)
class Conversation:
    """读出的会话；没有说过话的会话各项都是默认值。"""

    turns: tuple[StoredTurn, ...] = ()
    """窗口里的轮，从旧到新"""
    model: str | None = None
    """为本会话选择的模型，`None` 为默认"""
    thinking: Thinking | None = None


class ConversationStore:
    """所有会话。每个方法要么全部生效，要么全不生效；失败时抛 StoreError。"""

    def __init__(
        self, database: Database, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._clock = clock

    @classmethod
    async def open(cls, path: Path) -> ConversationStore:
        """打开数据库文件。"""
        return cls(await Database.open(path))

    async def aclose(self) -> None:
        """关闭。"""
        await self._database.aclose()

    async def read(self, key: ConversationKey, limit: int) -> Conversation:
        """读出会话与窗口里最近的至多 `limit` 轮。"""
        async with self._database.reading() as connection:
            row = (
                await connection.execute(select(conversations).where(*key_is(key)))
            ).one_or_none()
            if row is None:
                return Conversation()
            query = (
                select(turns)
                .where(
                    turns.c.conversation_id == row.id, turns.c.id >= row.window_start
                )
                .order_by(turns.c.id.desc())
                .limit(limit)
            )
            rows = (await connection.execute(query)).all()
        return Conversation(
            turns=tuple(stored_turn(turn) for turn in reversed(rows)),
            model=row.model,
            thinking=Thinking(row.thinking) if row.thinking else None,
        )

    async def append(
        self,
        key: ConversationKey,
        turn: Turn,
        *,
        window_start: int | None = None,
        replaces: int | None = None,
    ) -> None:
        """存一轮。

        参数:
            key: 会话
            turn: 一问一答
            window_start: 窗口从这一轮开始，`None` 为不变
            replaces: 同时删去这一轮（重新回答）
        """
        async with self._database.writing() as connection:
            identity = await ensure_conversation(connection, key)
            if replaces is not None:
                await connection.execute(delete(turns).where(turns.c.id == replaces))
            if window_start is not None:
                await set_conversation(connection, identity, window_start=window_start)
            await connection.execute(
                insert(turns).values(
                    conversation_id=identity,
                    created_at=self._clock(),
                    **turn_columns(turn),
                )
            )

    async def move_window(self, key: ConversationKey, start: int) -> None:
        """让窗口从第 `start` 轮开始；存下的轮一个不少。"""
        async with self._database.writing() as connection:
            await set_conversation(
                connection,
                await ensure_conversation(connection, key),
                window_start=start,
            )

    async def forget(self, key: ConversationKey) -> int:
        """忘记一个会话，返回忘记了几轮；选择的模型保留。"""
        return await self._forget(key_is(key))

    async def forget_group(self, key: ConversationKey) -> int:
        """忘记 `key` 所在的群的一切会话（共用的与每个成员的），返回忘记了几轮。"""
        c = conversations.c
        return await self._forget(
            (
                c.platform == key.platform,
                c.bot_id == key.bot_id,
                c.group_id == key.group_id,
                c.scope != Scope.PRIVATE.value,
            )
        )

    async def last(self, key: ConversationKey) -> StoredTurn | None:
        """最后一轮。"""
        query = (
            select(turns)
            .join(conversations)
            .where(*key_is(key))
            .order_by(turns.c.id.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return stored_turn(row) if row else None

    async def remove(self, key: ConversationKey, turn_id: int) -> None:
        """删去一轮；窗口因此空了就退回到更早的轮。"""
        async with self._database.writing() as connection:
            identity = await ensure_conversation(connection, key)
            await connection.execute(delete(turns).where(turns.c.id == turn_id))
            c = conversations.c
            newest = (
                select(func.max(turns.c.id))
                .where(turns.c.conversation_id == identity)
                .scalar_subquery()
            )
            emptied = (c.id == identity, c.window_start > newest)
            await connection.execute(
                update(conversations).where(*emptied).values(window_start=0)
            )

    async def count(self, key: ConversationKey) -> int:
        """存下了几轮，窗口之外的也算。"""
        query = select(func.count(turns.c.id)).join(conversations).where(*key_is(key))
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one()

    async def choose_model(self, key: ConversationKey, model: str | None) -> None:
        """为会话记下选择的模型，`None` 为回到默认。"""
        async with self._database.writing() as connection:
            await set_conversation(
                connection, await ensure_conversation(connection, key), model=model
            )

    async def choose_thinking(self, key: ConversationKey, thinking: Thinking) -> None:
        """为会话记下选择的思考方式。"""
        async with self._database.writing() as connection:
            identity = await ensure_conversation(connection, key)
            await set_conversation(connection, identity, thinking=thinking.value)

    async def default_model(self) -> str | None:
        """用 `/glm model NAME --global` 设置的默认模型。"""
        query = select(settings.c.value).where(settings.c.name == _DEFAULT_MODEL)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def set_default_model(self, model: str | None) -> None:
        """设置默认模型，`None` 为回到配置里的。"""
        async with self._database.writing() as connection:
            await connection.execute(
                delete(settings).where(settings.c.name == _DEFAULT_MODEL)
            )
            if model is not None:
                await connection.execute(
                    insert(settings).values(name=_DEFAULT_MODEL, value=model)
                )

    async def _forget(self, which: tuple[ColumnElement[bool], ...]) -> int:
        chosen = select(conversations.c.id).where(*which)
        async with self._database.writing() as connection:
            result = await connection.execute(
                delete(turns).where(turns.c.conversation_id.in_(chosen))
            )
            await connection.execute(
                update(conversations).where(*which).values(window_start=0)
            )
        return result.rowcount
