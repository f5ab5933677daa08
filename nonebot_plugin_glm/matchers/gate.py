"""问得太多、太快的人：先说一声，再来就不出声。"""

from __future__ import annotations

import math

from nonebot.adapters import Bot, Event

from ..domain import ConversationKey, Scope
from .access import is_superuser
from .limits import Notices, RateLimiter, parse_rate
from .loops import COOLDOWN, LoopBreaker
from .runtime import config

LOOP = "我们一来一往得太快了，像是两个机器人在对话，我先歇几分钟。"
SLOW_DOWN = "问得太快了，请 {seconds} 秒后再问。"
GROUP_SLOW_DOWN = "群里问得太快了，请 {seconds} 秒后再问。"
QUEUE_FULL = "排不上队"
CLOSING = "正在关机"
LISTENING = "在，请说。"
DAY = 86400.0
MINUTE = 60.0
"""同样的话一分钟里对一个人只说一次。"""
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
        self,
        bot: Bot,
        event: Event,
        key: ConversationKey,
        text: str,
        *,
        hearing: bool = False,
    ) -> str | None:
        """这个提问该不该拒绝，拒绝时说什么。

        参数:
            bot: 机器人
            event: 提问
            key: 会话
            text: 提问的文本
            hearing: 他是否正听着上一个回答，还没有听完
        """
        person = _person(event, key)
        shared = key.scope is not Scope.PRIVATE
        if shared and self._loops.is_loop(person, text, hearing=hearing):
            return self._once(LOOP, person, COOLDOWN)
        if is_superuser(bot, event):
            return None
        group = person[:3]
        if wait := self._people.wait(person):
            sentence = SLOW_DOWN.format(seconds=math.ceil(wait))
            return self._once(sentence, person, self._people.seconds, SLOW_DOWN)
        # 群里有一个人知道了就够了，不必每个人都告诉一遍
        if shared and (wait := self._groups.wait(group)):
            sentence = GROUP_SLOW_DOWN.format(seconds=math.ceil(wait))
            return self._once(sentence, group, self._groups.seconds, SLOW_DOWN)
        self._people.count(person)
        if shared:
            self._groups.count(group)
        return None

    def tell_once(self, event: Event, key: ConversationKey, about: str) -> bool:
        """这件事对这个人是不是第一次说；过一分钟又是第一次。"""
        return self._notices.first((about, _person(event, key)), MINUTE)

    def tell_today(
        self, event: Event, key: ConversationKey, about: str, *, everyone: bool
    ) -> bool:
        """今天的这件事是不是第一次说；`everyone` 的事，一个群里说一次就够了。"""
        person = _person(event, key)
        whom = person[:3] if everyone and key.scope is not Scope.PRIVATE else person
        return self._notices.first((about, whom), DAY)

    def answered(self, event: Event, key: ConversationKey, answer: str) -> None:
        """刚回答了一个提问。"""
        self._loops.answered(_person(event, key), answer)

    def _once(
        self, sentence: str, who: tuple[str, ...], seconds: float, about: str = ""
    ) -> str:
        first = self._notices.first((about or sentence, who), seconds)
        return sentence if first else SILENT


def _person(event: Event, key: ConversationKey) -> Person:
    return key.platform, key.bot_id, key.group_id, event.get_user_id()


gate = Gate(
    RateLimiter(lambda: parse_rate(config.glm_rate_limit)),
    RateLimiter(lambda: parse_rate(config.glm_group_rate_limit)),
    LoopBreaker(),
)
