"""群的选择与屏蔽的人：不属于哪个会话，重置不影响。"""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from ..domain import Place
from .database import Database
from .tables import blocked, groups


class PlaceStore:
    """群的选择与屏蔽的人；失败时抛 StoreError。"""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def choices(self) -> dict[Place, dict[str, str]]:
        """每个群的所有选择。"""

        def work(connection: Connection) -> dict[Place, dict[str, str]]:
            found: dict[Place, dict[str, str]] = {}
            for row in connection.execute(select(groups)):
                place = (row.platform, row.bot_id, row.group_id)
                found.setdefault(place, {})[row.name] = row.value
            return found

        return await self._database.read(work)

    async def blocked(self) -> set[tuple[str, str]]:
        """屏蔽的人：平台与号码。"""

        def work(connection: Connection) -> set[tuple[str, str]]:
            rows = connection.execute(select(blocked))
            return {(row.platform, row.user_id) for row in rows}

        return await self._database.read(work)

    async def choose(self, place: Place, name: str, value: str | None) -> None:
        """记下群的一项选择，`None` 为回到默认。"""
        columns = {"platform": place[0], "bot_id": place[1], "group_id": place[2]}
        row = {**columns, "name": name}
        same = [groups.c[column] == wanted for column, wanted in row.items()]

        def work(connection: Connection) -> None:
            connection.execute(delete(groups).where(*same))
            if value is not None:
                connection.execute(insert(groups).values(**row, value=value))

        await self._database.write(work)

    async def block(self, platform: str, user_id: str, *, on: bool) -> None:
        """屏蔽一个人，或不再屏蔽。"""
        person = {"platform": platform, "user_id": user_id}
        same = (blocked.c.platform == platform, blocked.c.user_id == user_id)

        def work(connection: Connection) -> None:
            connection.execute(delete(blocked).where(*same))
            if on:
                connection.execute(insert(blocked).values(**person))

        await self._database.write(work)
