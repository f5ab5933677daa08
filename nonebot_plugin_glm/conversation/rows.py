"""值与表里的行互相转换，以及认出一个会话的行。"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..domain import ConversationKey, Speaker, Turn, Usage
from .tables import conversations


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """存下的一轮；`id` 随时间递增。"""

    id: int
    turn: Turn


def key_is(key: ConversationKey) -> tuple[ColumnElement[bool], ...]:
    """认出一个会话的条件。"""
    values = _key_columns(key).items()
    return tuple(conversations.c[name] == value for name, value in values)


async def ensure_conversation(connection: AsyncConnection, key: ConversationKey) -> int:
    """会话的编号，没有就新建。"""
    c = conversations.c
    query = select(c.id).where(*key_is(key))
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is not None:
        return found
    new = insert(conversations).values(**_key_columns(key)).returning(c.id)
    return (await connection.execute(new)).scalar_one()


async def set_conversation(
    connection: AsyncConnection, identity: int, **values: str | int | None
) -> None:
    """改会话的若干列。"""
    chosen = conversations.c.id == identity
    await connection.execute(update(conversations).where(chosen).values(**values))


def turn_columns(turn: Turn) -> dict[str, Any]:
    """一轮占用的列。"""
    return {
        "question": turn.question,
        "answer": turn.answer,
        "speaker_id": turn.speaker.id,
        "speaker_name": turn.speaker.name,
        "model": turn.model,
        **asdict(turn.usage),
    }


def stored_turn(row: Row[Any]) -> StoredTurn:
    """由 `turns` 的一整行得到一轮。"""
    usage = Usage(
        row.prompt_tokens,
        row.cached_tokens,
        row.completion_tokens,
        row.reasoning_tokens,
    )
    speaker = Speaker(row.speaker_id, row.speaker_name)
    return StoredTurn(row.id, Turn(row.question, row.answer, speaker, row.model, usage))


def _key_columns(key: ConversationKey) -> dict[str, str]:
    return {**asdict(key), "scope": key.scope.value}
