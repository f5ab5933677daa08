"""插话：没有叫它时，听到关键词或碰巧也说一句，说完歇一阵。"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from nonebot.adapters import Event

from ..chat.places import Places
from ..config import Config
from ..domain import ConversationKey, Place, Scope, place_of
from ..message.incoming import plain_text

PROBABILITY, KEYWORDS, COOLDOWN, FOLLOW = (
    "probability",
    "keywords",
    "cooldown",
    "follow",
)
"""群可以另设的各项。"""
JOIN_CHOICES = (PROBABILITY, KEYWORDS, COOLDOWN, FOLLOW)
_KEYWORD_MARK = ","


@dataclass(frozen=True, slots=True)
class JoinSettings:
    """一个群里怎样插话。"""

    probability: float
    keywords: tuple[str, ...]
    cooldown: float
    """秒"""
    follow: float
    """秒"""

    @property
    def silent(self) -> bool:
        """从不插话。"""
        return not (self.probability or self.keywords)


def join_settings(
    config: Config, places: Places | None, key: ConversationKey
) -> JoinSettings:
    """群选择的，没有选的照设置。"""

    def number(name: str, default: float) -> float:
        chosen = places.choice(key, name) if places else None
        return default if chosen is None else float(chosen)

    keywords = places.choice(key, KEYWORDS) if places else None
    return JoinSettings(
        number(PROBABILITY, config.glm_join_probability),
        tuple(config.glm_join_keywords)
        if keywords is None
        else tuple(filter(None, keywords.split(_KEYWORD_MARK))),
        number(COOLDOWN, config.glm_join_cooldown),
        number(FOLLOW, config.glm_follow_seconds),
    )


def parse_choice(name: str, text: str) -> str | None:
    """人写的一项 -> 存下的写法；不合规矩是 `None`。"""
    if name == KEYWORDS:
        words = text.replace("，", _KEYWORD_MARK).split(_KEYWORD_MARK)
        return _KEYWORD_MARK.join(filter(None, map(str.strip, words)))
    try:
        value = float(text)
    except ValueError:
        return None
    most = 1.0 if name == PROBABILITY else 86400.0
    return f"{value:g}" if 0 <= value <= most else None


class Joiner:
    """什么时候插话。"""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._chance = chance
        self._joined: dict[Place, float] = {}

    def wants(self, key: ConversationKey, event: Event, settings: JoinSettings) -> bool:
        """要不要接这句话；要的话就开始歇。"""
        text = plain_text(event)
        if settings.silent or key.scope is Scope.PRIVATE or not text.strip():
            return False
        place, now = place_of(key), self._clock()
        if now - self._joined.get(place, float("-inf")) < settings.cooldown:
            return False
        called = any(word in text for word in settings.keywords)
        if not called and self._chance() >= settings.probability:
            return False
        self._joined[place] = now
        return True


joiner = Joiner()
