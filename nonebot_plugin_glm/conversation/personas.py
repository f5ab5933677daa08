"""聊天里添的人设：归一个群或一个私聊的人；会话选了哪一个。"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from ..domain import ConversationKey, Scope
from . import queries
from .database import Database
from .naming import MOST_PERSONAS, PersonaRefusal
from .tables import conversations, personas


class PersonaStore:
    """人设的存取；失败时抛 StoreError。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, key: ConversationKey) -> dict[str, str]:
        """会话所在的群（私聊则是本人）添的：名字到正文，依名字排列。"""
        query = select(personas).where(*_owned(key)).order_by(personas.c.name)

        def work(connection: Connection) -> dict[str, str]:
            return {row.name: row.text for row in connection.execute(query)}

        return await self._database.read(work)

    async def find(self, key: ConversationKey, name: str) -> str | None:
        """一个的正文。"""
        query = select(personas.c.text).where(*_owned(key), personas.c.name == name)
        return await self._database.read(
            lambda c: c.execute(query).scalar_one_or_none()
        )

    async def add(
        self, key: ConversationKey, name: str, text: str
    ) -> PersonaRefusal | None:
        """添一个；添不了就返回缘由。"""
        query = select(personas.c.name).where(*_owned(key))
        row = {**_owner(key), "name": name, "text": text}

        def work(connection: Connection) -> PersonaRefusal | None:
            names = connection.execute(query).scalars().all()
            if name in names:
                return PersonaRefusal.EXISTS
            if len(names) >= MOST_PERSONAS:
                return PersonaRefusal.FULL
            connection.execute(insert(personas).values(row))
            return None

        return await self._database.write(work)

    async def edit(
        self, key: ConversationKey, name: str, text: str
    ) -> PersonaRefusal | None:
        """改一个的正文；没有就返回缘由。"""
        chosen = (*_owned(key), personas.c.name == name)
        change = update(personas).where(*chosen).values(text=text)
        changed = await self._database.write(lambda c: c.execute(change).rowcount)
        return None if changed else PersonaRefusal.MISSING

    async def remove(self, key: ConversationKey, name: str) -> bool:
        """去掉一个，返回有没有；选了它的会话回到默认。"""
        gone = delete(personas).where(*_owned(key), personas.c.name == name)
        return bool(await self._database.write(lambda c: c.execute(gone).rowcount))

    async def chosen(self, key: ConversationKey) -> str | None:
        """会话选了哪一个，`None` 为默认。"""
        query = select(conversations.c.persona).where(*queries.key_is(key))
        return await self._database.read(
            lambda c: c.execute(query).scalar_one_or_none()
        )

    async def choose(self, key: ConversationKey, name: str | None) -> None:
        """为会话选一个，`None` 为默认。"""

        def work(connection: Connection) -> None:
            identity = queries.ensure_conversation(connection, key)
            queries.set_conversation(connection, identity, persona=name)

        await self._database.write(work, (key,))


def _owner(key: ConversationKey) -> dict[str, str]:
    """人设归谁：群里的归群，各成员一份历史的群也是；私聊里的归本人。"""
    return {
        "platform": key.platform,
        "bot_id": key.bot_id,
        "group_id": key.group_id,
        "user_id": key.user_id if key.scope is Scope.PRIVATE else "",
    }


def _owned(key: ConversationKey) -> list[ColumnElement[bool]]:
    return [personas.c[name] == value for name, value in _owner(key).items()]
