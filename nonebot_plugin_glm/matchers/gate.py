"""问得太多、太快的人：先说一声，再来就不出声。"""

from __future__ import annotations

import math

from nonebot.adapters import Bot, Event

from ..domain import ConversationKey, Scope
from .access import is_superuser
from .limits import Notices, RateLimiter, parse_rate
from .loops import LoopBreaker
from .runtime import config

LOOP = "我们一来一往得太快了，像是两个机器人在对话，我先歇几分钟。"
SLOW_DOWN = "问得太快了，请 {seconds} 秒后再问。"
QUEUE_FULL = "排不上队"
SILENT = ""
"""不出声。"""

Person = tuple[str, str, str, str]


class Gate:
    """一道门：进得去的得到 `None`，进不去的得到一句话或沉默。"""

    def __init__(
        self, people: RateLimiter, groups: RateLimiter, loops: LoopBreaker
    ) -> None:
        self._people = people
        self._groups = groups
        self._loops = loops
        self._notices = Notices()

    def refuse(
        self, bot: Bot, event: Event, key: ConversationKey, text: str
    ) -> str | None:
        """这个提问该不该拒绝，拒绝时说什么。"""
        person = _person(event, key)
        shared = key.scope is not Scope.PRIVATE
        if shared and self._loops.is_loop(person, text):
            return LOOP if self._notices.first((LOOP, person)) else SILENT
        self._notices.clear((LOOP, person))
        if is_superuser(bot, event):
            return None
        group = person[:3]
        wait = max(
            self._people.wait(person), self._groups.wait(group) if shared else 0.0
        )
        if wait > 0:
            first = self._notices.first((SLOW_DOWN, person))
            return SLOW_DOWN.format(seconds=math.ceil(wait)) if first else SILENT
        self._notices.clear((SLOW_DOWN, person))
        self._people.count(person)
        if shared:
            self._groups.count(group)
        return None

    def tell_once(self, event: Event, key: ConversationKey, about: str) -> bool:
        """这件事对这个人是不是第一次说；回答过他之后又是第一次。"""
        return self._notices.first((about, _person(event, key)))

    def answered(self, event: Event, key: ConversationKey, answer: str) -> None:
        """刚回答了一个提问。"""
        person = _person(event, key)
        self._loops.answered(person, answer)
        self._notices.clear((QUEUE_FULL, person))


def _person(event: Event, key: ConversationKey) -> Person:
    return key.platform, key.bot_id, key.group_id, event.get_user_id()


gate = Gate(
    RateLimiter(lambda: parse_rate(config.glm_rate_limit)),
    RateLimiter(lambda: parse_rate(config.glm_group_rate_limit)),
    LoopBreaker(),
)
