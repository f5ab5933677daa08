"""旁听：群里不是对机器人说的最近几句，只在内存里，随下一个提问带上。"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from nonebot.adapters import Bot, Event

from ..domain import ConversationKey, Place, Remark, Speaker, place_of, well_formed
from ..message import onebot
from ..message.incoming import question_text
from .runtime import config

_PLACES = 500
"""最多听多少个群，太多时忘掉最久没动静的。"""
_REMARK_CHARS = 500
"""一句最多带多少字。"""
_MOST_CHARS = 10_000
"""更长的不听：原样留着的要占内存，而 QQ 上没有人这样闲谈。"""


@dataclass(frozen=True, slots=True)
class _Heard:
    """原样留着，用到时才变成文本：听到的多半用不上。"""

    bot: Bot
    event: Event


class Overheard:
    """每个群最近的 `count` 句，`count` 随时会变。"""

    def __init__(self, count: Callable[[], int]) -> None:
        self._count = count
        self._heard: OrderedDict[Place, deque[_Heard]] = OrderedDict()

    def note(self, key: ConversationKey, bot: Bot, event: Event) -> None:
        """听到一句。"""
        if _size(event) > _MOST_CHARS:
            return
        place = place_of(key)
        if place not in self._heard and len(self._heard) >= _PLACES:
            self._heard.popitem(last=False)
        heard, count = self._heard.get(place), self._count()
        if heard is None or heard.maxlen != count:
            heard = self._heard[place] = deque(heard or (), maxlen=count)
        heard.append(_Heard(bot, event))
        self._heard.move_to_end(place)

    def remarks(self, key: ConversationKey) -> list[Remark]:
        """会话所在的群里听到的，从旧到新。"""
        if not (noted := self._heard.get(place_of(key))):
            return []
        heard = deque(noted, maxlen=self._count())
        remarks = (_remark(one.bot, one.event) for one in heard)
        return [remark for remark in remarks if remark.text]

    def forget(self, key: ConversationKey) -> None:
        """会话所在的群重置了。"""
        self._heard.pop(place_of(key), None)

    def forget_person(self, platform: str, user_id: str) -> None:
        """一个人要求忘记他。"""
        for place, heard in self._heard.items():
            if place[0] == platform:
                kept = [one for one in heard if one.event.get_user_id() != user_id]
                self._heard[place] = deque(kept, maxlen=heard.maxlen)

    def forget_message(self, key: ConversationKey, message_id: str) -> None:
        """一句话被撤回了。"""
        heard = self._heard.get(place_of(key))
        if heard is None:
            return
        kept = [one for one in heard if onebot.message_id(one.event) != message_id]
        self._heard[place_of(key)] = deque(kept, maxlen=heard.maxlen)


def _size(event: Event) -> int:
    """一条消息的各段一共多少字，卡片与里面的节点也算。"""
    values = (value for part in event.get_message() for value in part.data.values())
    return sum(len(v if isinstance(v, str) else str(v)) for v in values)


def _remark(bot: Bot, event: Event) -> Remark:
    speaker = onebot.speaker(event) or Speaker(event.get_user_id())
    text = question_text(bot, event)[:_REMARK_CHARS]
    return Remark(Speaker(speaker.id, well_formed(speaker.name)), text)


overheard = Overheard(lambda: config.glm_context_messages)
