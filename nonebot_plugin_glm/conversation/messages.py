"""哪条消息属于哪一轮：撤回与引用靠它找到轮。"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Integer,
    bindparam,
    insert,
    select,
    update,
)

from ..domain import ConversationKey
from .database import Database
from .rows import StoredTurn, stored_key, stored_turn
from .tables import conversations, messages, turns

_KEPT = 1000
"""最多有多少条记在内存里等着落盘。"""

_KEY_COLUMNS = [conversations.c[name] for name in ConversationKey.__dataclass_fields__]
_FIND = (
    select(turns, *_KEY_COLUMNS, messages.c.own)
    .select_from(messages)
    .join(turns)
    .join(conversations)
    .where(
        messages.c.message_id == bindparam("message"),
        conversations.c.platform == bindparam("key_platform"),
        conversations.c.bot_id == bindparam("key_bot_id"),
    )
    .order_by(turns.c.id.desc())
    .limit(1)
)
_ANSWERS = select(messages.c.message_id).where(
    messages.c.turn_id == bindparam("turn"), messages.c.own.is_(True)
)
# 轮可能已经忘记了：那就什么也不记
_NOTE = insert(messages).from_select(
    ["turn_id", "message_id", "own"],
    select(turns.c.id, bindparam("message"), bindparam("own", type_=Boolean)).where(
        turns.c.id == bindparam("turn", type_=Integer)
    ),
)


@dataclass(frozen=True, slots=True)
class Found:
    """一条消息所属的轮。"""

    key: ConversationKey
    stored: StoredTurn
    own: bool
    """这条消息是不是机器人发的"""
    answers: tuple[str, ...]
    """回答的各条消息"""
    created_at: float
    """这一轮何时存下，Unix 秒"""


class MessageBook:
    """消息与轮的对应。

    提问的消息随轮一起存；回答的消息要等发完才知道，先记在内存里，随下一次写落盘：
    为它们单独提交一次要多写一遍盘，而丢了也只是不能再凭那条消息找到轮。
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sent: deque[tuple[int, str]] = deque(maxlen=_KEPT)

    def note(self, turn_id: int, message_ids: Iterable[str]) -> None:
        """记下回答是以哪些消息发出的。"""
        self._sent.extend((turn_id, message_id) for message_id in message_ids)

    def write(
        self, connection: Connection, turn_id: int, message_ids: Iterable[str]
    ) -> None:
        """在一个写事务里存下提问的消息，连同等着落盘的。"""
        asked = [_row(turn_id, message_id, own=False) for message_id in message_ids]
        self._insert(connection, asked)

    def hand_over(self, connection: Connection, old: int, new: int) -> None:
        """重答取代了一轮：提问的消息归新的一轮。"""
        asked = (messages.c.turn_id == old, messages.c.own.is_(False))
        connection.execute(update(messages).where(*asked).values(turn_id=new))

    async def flush(self) -> None:
        """让等着的都落盘。"""
        if self._sent:
            await self._database.write(lambda c: self._insert(c, []), ())

    async def find(self, key: ConversationKey, message_id: str) -> Found | None:
        """一条消息属于哪一轮；`key` 说明是哪个平台的哪个账号，不限会话。"""
        await self.flush()
        which = {
            "message": message_id,
            "key_platform": key.platform,
            "key_bot_id": key.bot_id,
        }

        def work(connection: Connection) -> Found | None:
            row = connection.execute(_FIND, which).one_or_none()
            if row is None:
                return None
            answers = connection.execute(_ANSWERS, {"turn": row.id}).scalars()
            return Found(
                stored_key(row),
                stored_turn(row),
                row.own,
                tuple(answers),
                row.created_at,
            )

        return await self._database.read(work)

    def _insert(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        """一条语句存下这些与等着落盘的；存不下的不再试，别拖累以后的轮。"""
        while self._sent:
            rows.append(_row(*self._sent.popleft(), own=True))
        if rows:
            connection.execute(_NOTE, rows)


def _row(turn_id: int, message_id: str, *, own: bool) -> dict[str, Any]:
    return {"turn": turn_id, "message": message_id, "own": own}
