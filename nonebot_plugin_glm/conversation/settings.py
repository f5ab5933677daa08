"""改过的设置：名字到人写的值，不属于哪个会话。"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from .database import Database
from .tables import settings


class SettingStore:
    """改过的设置；失败时抛 StoreError。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, str]:
        """改过的每一项。"""

        def work(connection: Connection) -> dict[str, str]:
            rows = connection.execute(select(settings))
            return {row.name: row.value for row in rows}

        return await self._database.read(work)

    async def put(self, name: str, value: str | None) -> None:
        """记下一项，`None` 为删去。"""

        def work(connection: Connection) -> None:
            connection.execute(delete(settings).where(settings.c.name == name))
            if value is not None:
                connection.execute(insert(settings).values(name=name, value=value))

        await self._database.write(work)
