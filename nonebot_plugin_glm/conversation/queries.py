"""SQL：每个函数是一个事务里的几条语句，在数据库的线程里执行。

每个提问都要用的语句在导入时造好，参数在执行时给：造一条要花的时间与执行它相当。
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from ..domain import ConversationKey, Scope
from .rows import key_columns
from .tables import conversations, notes, turns

Conditions = tuple[ColumnElement[bool], ...]

KEY_IS: Conditions = tuple(
    conversations.c[name] == bindparam(f"key_{name}")
    for name in ConversationKey.__dataclass_fields__
)
"""认出一个会话的条件，参数在执行时给。"""
_NEWEST = (
    select(turns).join(conversations).where(*KEY_IS).order_by(turns.c.id.desc())
).limit(bindparam("most"))
_COUNT = select(func.count(turns.c.id)).join(conversations).where(*KEY_IS)
_CONVERSATION_ID = select(conversations.c.id).where(*KEY_IS)
_NEW_CONVERSATION = insert(conversations).returning(conversations.c.id)
_NEW_TURN = insert(turns)


def key_parameters(key: ConversationKey) -> dict[str, Any]:
    """`KEY_IS` 的参数。"""
    return {f"key_{name}": value for name, value in key_columns(key).items()}


def key_is(key: ConversationKey) -> Conditions:
    """认出一个会话的条件。"""
    values = key_columns(key).items()
    return tuple(conversations.c[name] == value for name, value in values)


def group_is(key: ConversationKey) -> Conditions:
    """认出 `key` 所在的群的一切会话的条件，共用的与每个成员的。"""
    c = conversations.c
    return (
        c.platform == key.platform,
        c.bot_id == key.bot_id,
        c.group_id == key.group_id,
        c.scope != Scope.PRIVATE.value,
    )


def newest_rows(
    connection: Connection, key: ConversationKey, limit: int
) -> Sequence[Row[Any]]:
    """最近的至多 `limit` 轮，从新到旧，窗口之外的也算。"""
    return connection.execute(_NEWEST, {**key_parameters(key), "most": limit}).all()


def count_turns(connection: Connection, key: ConversationKey) -> int:
    """存下了几轮。"""
    return connection.execute(_COUNT, key_parameters(key)).scalar_one()


def ensure_conversation(connection: Connection, key: ConversationKey) -> int:
    """会话的编号，没有就新建。"""
    found = connection.execute(
        _CONVERSATION_ID, key_parameters(key)
    ).scalar_one_or_none()
    if found is not None:
        return found
    return connection.execute(_NEW_CONVERSATION, key_columns(key)).scalar_one()


def set_conversation(
    connection: Connection, identity: int, **values: str | int | None
) -> None:
    """改会话的若干列。"""
    chosen = conversations.c.id == identity
    connection.execute(update(conversations).where(chosen).values(**values))


def advance_window(connection: Connection, identity: int, start: int) -> None:
    """窗口从第 `start` 轮开始；已经更靠后就不动。"""
    c = conversations.c
    behind = (c.id == identity, c.window_start < start)
    connection.execute(update(conversations).where(*behind).values(window_start=start))


def insert_turn(connection: Connection, identity: int, **values: Any) -> int:
    """存一轮，返回它的编号。"""
    row = {"conversation_id": identity, **values}
    # 在 SQLite 上不必像 RETURNING 那样再读一行
    made = connection.execute(_NEW_TURN, row)
    return cast("tuple[int]", made.inserted_primary_key)[0]


def delete_turn(connection: Connection, identity: int, turn_id: int) -> None:
    """删去会话的一轮，连同模型在那一轮里记下的；含着它的摘要作废。"""
    noted = (notes.c.turn_id == turn_id, notes.c.conversation_id == identity)
    connection.execute(delete(notes).where(*noted))
    mine = (turns.c.id == turn_id, turns.c.conversation_id == identity)
    connection.execute(delete(turns).where(*mine))
    c = conversations.c
    drop_summaries(connection, (c.id == identity, c.summarized > turn_id))


def widen_empty_window(connection: Connection, identity: int) -> None:
    """窗口里一轮也没有了，就退回到更早的轮。"""
    c = conversations.c
    newest = select(func.max(turns.c.id)).where(turns.c.conversation_id == identity)
    most = func.coalesce(newest.scalar_subquery(), 0)
    emptied = (c.id == identity, c.window_start > most)
    connection.execute(update(conversations).where(*emptied).values(window_start=0))


def drop_summaries(connection: Connection, which: Conditions) -> None:
    """作废一些会话的摘要；以后再由存下的轮重写。"""
    empty = {"summary": "", "summarized": 0}
    connection.execute(update(conversations).where(*which).values(**empty))


def forget_turns(connection: Connection, which: Conditions) -> int:
    """删去一些会话的所有轮，返回删了几轮；会话的选择保留。"""
    chosen = select(conversations.c.id).where(*which)
    gone = connection.execute(delete(turns).where(turns.c.conversation_id.in_(chosen)))
    connection.execute(update(conversations).where(*which).values(window_start=0))
    drop_summaries(connection, which)
    return gone.rowcount
