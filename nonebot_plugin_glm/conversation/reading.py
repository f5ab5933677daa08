"""读出一个会话：它的选择、备忘、摘要与窗口里的轮，在数据库的线程里执行。"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, exists, select

from ..domain import ConversationKey, Thinking
from .noting import Note
from .queries import KEY_IS, key_parameters
from .rows import Conversation, stored_turn
from .tables import conversations, notes, turns

_c = conversations.c
_CONVERSATION = select(
    *(_c.id, _c.model, _c.thinking, _c.persona),
    *(_c.summary, _c.summarized, _c.window_start),
    exists().where(notes.c.conversation_id == _c.id).label("noted"),
).where(*KEY_IS)
_WINDOW = (
    select(turns)
    .where(
        turns.c.conversation_id == bindparam("conversation"),
        turns.c.id >= bindparam("start"),
    )
    .order_by(turns.c.id.desc())
    .limit(bindparam("most"))
)
_NOTES = (
    select(notes.c.text, notes.c.author_id)
    .where(notes.c.conversation_id == bindparam("conversation"))
    .order_by(notes.c.id)
)


def read_conversation(
    connection: Connection, key: ConversationKey, limit: int
) -> Conversation:
    """会话与窗口里最近的至多 `limit` 轮。"""
    row = connection.execute(_CONVERSATION, key_parameters(key)).one_or_none()
    if row is None:
        return Conversation()
    which = {"conversation": row.id, "start": row.window_start, "most": limit}
    found = connection.execute(_WINDOW, which).all()
    return Conversation(
        turns=tuple(stored_turn(turn) for turn in reversed(found)),
        model=row.model,
        thinking=Thinking(row.thinking) if row.thinking else None,
        persona=row.persona,
        notes=notes_of(connection, row.id) if row.noted else (),
        summary=row.summary,
        summarized=row.summarized,
        window_start=row.window_start,
        identity=row.id,
    )


def notes_of(connection: Connection, identity: int) -> tuple[Note, ...]:
    """会话的备忘，从旧到新。"""
    found = connection.execute(_NOTES, {"conversation": identity})
    return tuple(Note(row.text, row.author_id) for row in found)
