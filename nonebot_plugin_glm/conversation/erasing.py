"""把一个人从存着的一切里抹去：一个写事务里的几步，在数据库的线程里执行。

他私聊的、他在群里自己的会话整个不留；群共用的会话里，他问的各轮与他记的备忘不留，
摘要里说不清有没有他，也不留。别人的轮里引用的、一字不差地复述的他的话去掉，写着的
他的号码换成「某人」。
账本留下数目，不留是谁。主人的设置与屏蔽的人不动：那是主人的话。
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    or_,
    select,
    union,
    update,
)

from ..domain import ConversationKey, Scope
from . import queries
from .accounts import Kind
from .rows import stored_key
from .tables import conversations, lifts, notes, personas, requests, turns
from .traces import Person, Traces, label_of

_c = conversations.c
_TURN_TEXTS: tuple[Column[str], ...] = (
    turns.c.referred,
    turns.c.question,
    turns.c.answer,
    turns.c.speaker_name,
)
_TURN = select(*_TURN_TEXTS).where(turns.c.id == bindparam("turn"))
_OTHER_TEXTS: tuple[Column[str], ...] = (
    notes.c.text,
    personas.c.text,
    requests.c.user_name,
    _c.summary,
)
"""人或模型写的话，哪里都可能写着一个号码。"""


@dataclass(frozen=True, slots=True)
class Erased:
    """抹去了多少。"""

    turns: int
    notes: int


def conversations_of(connection: Connection, person: Person) -> list[ConversationKey]:
    """留着他的话的会话，也许还留着的也算。"""
    ours, shared = _own(person), _shared(connection, person)
    query = select(conversations).where(or_(ours, _c.id.in_(shared)))
    return [stored_key(row) for row in connection.execute(query)]


def erase(connection: Connection, person: Person) -> Erased:
    """抹去一个人。"""
    gone = {turns: 0, notes: 0}
    for identity in _shared(connection, person):
        _clean_shared(connection, identity, person)
        said = (
            (turns, turns.c.conversation_id, turns.c.speaker_id),
            (notes, notes.c.conversation_id, notes.c.author_id),
        )
        for table, where, who in said:
            mine = delete(table).where(where == identity, who == person.id)
            gone[table] += connection.execute(mine).rowcount
        queries.widen_empty_window(connection, identity)
        queries.drop_summaries(connection, (_c.id == identity,))
    own = select(_c.id).where(_own(person))
    for table in gone:
        mine = delete(table).where(table.c.conversation_id.in_(own))
        gone[table] += connection.execute(mine).rowcount
    connection.execute(delete(conversations).where(_own(person)))
    _forget_elsewhere(connection, person)
    _clean_elsewhere(connection, person)
    return Erased(gone[turns], gone[notes])


def _own(person: Person) -> ColumnElement[bool]:
    """他自己的会话：私聊，与群里他那一份。"""
    return (_c.platform == person.platform) & (_c.user_id == person.id)


def _shared(connection: Connection, person: Person) -> list[int]:
    """有过他的话的群共用的会话：轮与备忘说得出，已经撤销的，账本说得出。"""
    said = union(
        select(turns.c.conversation_id).where(turns.c.speaker_id == person.id),
        select(notes.c.conversation_id).where(notes.c.author_id == person.id),
        select(_c.id).join(
            requests,
            (requests.c.platform == _c.platform)
            & (requests.c.bot_id == _c.bot_id)
            & (requests.c.group_id == _c.group_id)
            & (requests.c.user_id == person.id),
        ),
    )
    query = select(_c.id).where(
        _c.platform == person.platform,
        _c.scope == Scope.GROUP.value,
        _c.id.in_(said.scalar_subquery()),
    )
    return list(connection.execute(query).scalars())


def _forget_elsewhere(connection: Connection, person: Person) -> None:
    """他添的人设、放开他的额度、账本里他的名字。"""
    mine = (personas.c.platform == person.platform, personas.c.user_id == person.id)
    connection.execute(delete(personas).where(*mine))
    lifted = (
        lifts.c.kind == Kind.USER.value,
        lifts.c.platform == person.platform,
        lifts.c.identity == person.id,
    )
    connection.execute(delete(lifts).where(*lifted))
    billed = (requests.c.platform == person.platform, requests.c.user_id == person.id)
    nobody = {"user_id": "", "user_name": ""}
    connection.execute(update(requests).where(*billed).values(nobody))


def _clean_shared(connection: Connection, identity: int, person: Person) -> None:
    """一个会话里别人的轮：趁他的话还在，对着认出引用与复述。"""
    here = turns.c.conversation_id == identity
    his = select(turns.c.question, turns.c.answer).where(
        here, turns.c.speaker_id == person.id
    )
    said = connection.execute(his).all()
    traces = Traces(person.id, (s.question for s in said), (s.answer for s in said))
    others = select(turns.c.id).where(here, turns.c.speaker_id != person.id)
    for turn_id in connection.execute(others).scalars().all():
        _clean_turn(connection, turn_id, traces)


def _clean_elsewhere(connection: Connection, person: Person) -> None:
    """同一个平台上别的轮与别的话。"""
    traces = Traces(person.id)
    sought = [f"｜{label_of(person.id)}⟧", *([person.id] if traces.distinctive else [])]
    there = select(turns.c.id).join(conversations)
    there = there.where(
        _c.platform == person.platform,
        or_(*(c.contains(s, autoescape=True) for c in _TURN_TEXTS for s in sought)),
    )
    for turn_id in connection.execute(there).scalars().all():
        _clean_turn(connection, turn_id, traces)
    if traces.distinctive:
        for column in _OTHER_TEXTS:
            _clean_column(connection, column, person, traces)


def _clean_turn(connection: Connection, turn_id: int, traces: Traces) -> None:
    row = connection.execute(_TURN, {"turn": turn_id}).one()
    answer = traces.without_repeats(
        traces.without_quotes(row.answer), traces.quotes(row.referred)
    )
    cleaned = (traces.without_quotes(row.referred), row.question, answer)
    values = tuple(map(traces.without_number, (*cleaned, row.speaker_name)))
    if values != tuple(row):
        changed = dict(zip(_TURN_TEXTS, values, strict=True))
        chosen = update(turns).where(turns.c.id == turn_id)
        connection.execute(chosen.values(changed))


def _clean_column(
    connection: Connection, column: Column[str], person: Person, traces: Traces
) -> None:
    """一列里写着的他的号码；先认出是哪些行，改的时候不会又遇见。"""
    table = column.table
    key = table.primary_key.columns
    rows = select(*key).where(column.contains(person.id, autoescape=True))
    if "platform" not in table.c:
        rows = rows.join(conversations)
    platform = table.c.get("platform", _c.platform)
    for row in connection.execute(rows.where(platform == person.platform)).all():
        chosen = [part == value for part, value in zip(key, row, strict=True)]
        text = connection.execute(select(column).where(*chosen)).scalar_one()
        change = {column: traces.without_number(text)}
        connection.execute(update(table).where(*chosen).values(change))
