"""群的选择与屏蔽的人：都在内存里，看一眼不必等；改动先落盘。"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..domain import ConversationKey, Place, place_of

if TYPE_CHECKING:
    from ..conversation.places import PlaceStore


class Places:
    """群的选择与屏蔽的人。"""

    def __init__(
        self,
        store: PlaceStore,
        choices: dict[Place, dict[str, str]],
        blocked: set[tuple[str, str]],
    ) -> None:
        self._store = store
        self._choices = choices
        self._blocked = blocked

    @classmethod
    async def open(cls, store: PlaceStore) -> Places:
        """读出一切。"""
        return cls(store, await store.choices(), await store.blocked())

    async def refresh(self) -> None:
        """再读一遍：别的进程也会改。"""
        self._choices = await self._store.choices()
        self._blocked = await self._store.blocked()

    def choice(self, key: ConversationKey, name: str) -> str | None:
        """会话所在的群的一项选择，没有选过是 `None`。"""
        if not self._choices:
            return None
        return self._choices.get(place_of(key), {}).get(name)

    def is_blocked(self, platform: str, user_id: str) -> bool:
        """是否屏蔽了这个人。"""
        return (platform, user_id) in self._blocked

    def blocked_on(self, platform: str) -> list[str]:
        """一个平台上屏蔽了谁。"""
        return sorted(user_id for where, user_id in self._blocked if where == platform)

    async def choose(self, key: ConversationKey, name: str, value: str | None) -> None:
        """为会话所在的群记下一项选择，`None` 为回到默认。"""
        place = place_of(key)
        await self._store.choose(place, name, value)
        chosen = self._choices.setdefault(place, {})
        if value is None:
            chosen.pop(name, None)
        else:
            chosen[name] = value

    async def block(self, platform: str, user_id: str, *, on: bool) -> None:
        """屏蔽一个人，或不再屏蔽。"""
        await self._store.block(platform, user_id, on=on)
        person = (platform, user_id)
        (self._blocked.add if on else self._blocked.discard)(person)
