"""人设：有哪些，会话选了哪一个，提问时的系统提示是什么。

名字相同时，聊天里添的先于文件夹里的；选了而已经没有的，悄悄回到默认。
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..conversation.placeholders import SystemPrompt, fill, mentions
from ..conversation.prompt import plain_name, time_label
from ..domain import ConversationKey, Question, Scope, well_formed
from .persona_folder import PersonaFolder

if TYPE_CHECKING:
    from ..conversation.personas import PersonaStore
    from .places import Places

GROUP_NAME = "name"
"""群的名字，与群的选择存在一起。"""
IN_PRIVATE = "私聊"
"""私聊里 `{group}` 填什么。"""


@dataclass(frozen=True, slots=True)
class PersonaSource:
    """人设从哪里来，怎样称呼机器人。"""

    folder: Path | None = None
    bot_name: str = "GLM"
    warn: Callable[[str], None] = lambda sentence: None
    """读不出的文件说给谁听"""


@dataclass(frozen=True, slots=True)
class Persona:
    """一个人设。"""

    text: str
    own: bool
    """是不是这里的人在聊天里添的；否则是文件夹里的"""


class Personas:
    """一个会话可以选的人设。"""

    def __init__(
        self,
        store: PersonaStore,
        places: Places,
        source: PersonaSource | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        source = source or PersonaSource()
        self.store = store
        self._places = places
        self._folder = PersonaFolder(source.folder, source.warn)
        self._bot_name = source.bot_name
        self._clock = clock

    async def names(self, key: ConversationKey) -> list[str]:
        """可以选的名字，聊天里添的在前；默认的不在其中。"""
        return list(dict.fromkeys([*await self.store.of(key), *await self._files()]))

    async def find(self, key: ConversationKey, name: str) -> Persona | None:
        """一个人设；没有是 `None`。"""
        if (text := await self.store.find(key, name)) is not None:
            return Persona(text, own=True)
        text = (await self._files()).get(name)
        return None if text is None else Persona(text, own=False)

    async def prompt(
        self, question: Question, chosen: str | None, default: str
    ) -> SystemPrompt:
        """提问时的系统提示。

        参数:
            question: 提问
            chosen: 会话选了哪一个
            default: 默认的系统提示
        """
        found = await self.find(question.key, chosen) if chosen else None
        text = found.text if found else default
        group = await self._group_of(question) if mentions(text, "group") else ""
        return fill(text, bot=self._bot_name, group=group)

    def dated(self, question: Question) -> Question:
        """带上时刻的提问；和旁听到的一样在最前，也不进历史。"""
        now = time_label(self._clock())
        return replace(
            question, overheard="\n".join(filter(None, (now, question.overheard)))
        )

    async def _files(self) -> dict[str, str]:
        return await self._folder.texts()

    async def _group_of(self, question: Question) -> str:
        """群的名字，没有就用群号。

        有的客户端有时给名字有时不给，所以给过就记住，改了名才换：时有时无会让提示的
        开头变来变去。
        """
        key = question.key
        if key.scope is Scope.PRIVATE:
            return IN_PRIVATE
        known = self._places.choice(key, GROUP_NAME)
        given = plain_name(well_formed(question.place_name))
        if given and given != known:
            await self._places.choose(key, GROUP_NAME, given)
        return given or known or key.group_id
