"""发出的消息：记下来，才找得到、收得回。"""

from __future__ import annotations

from contextlib import suppress

from nonebot.adapters import Bot
from nonebot_plugin_alconna.uniseg import Receipt

from ..domain import well_formed
from . import onebot

_ID_CHARS = 128
"""编号最多多少字：历史里只留了这么长的地方。"""
Sent = Receipt | str
"""发出的一条；没有回执、后来才找到的只有编号。"""


class SentMessages:
    """依次发出的各条。"""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._sent: list[Sent] = []

    @property
    def ids(self) -> list[str]:
        """各条的编号；平台不给的没有。"""
        return [identity for one in self._sent if (identity := _id_of(one))]

    def note(self, one: Sent) -> None:
        """又发出一条。"""
        self._sent.append(one)

    async def recall(self) -> None:
        """都收回；平台不许或收不回时作罢。"""
        sent, self._sent = self._sent, []
        for one in sent:
            with suppress(Exception):  # 各家的异常各不相同，而收不回也没有别的办法
                if isinstance(one, str):
                    await onebot.delete(self._bot, [one])
                else:
                    await one.recall()


def _id_of(one: Sent) -> str:
    """一条的编号；历史里放不下、存不成的不算。"""
    identity = one if isinstance(one, str) else _told(one)
    good = len(identity) <= _ID_CHARS and well_formed(identity) == identity
    return identity if good else ""


def _told(receipt: Receipt) -> str:
    try:
        reply = receipt.get_reply(0)
    except Exception:  # 客户端的回应里没有编号，各家的异常各不相同
        return ""
    return "" if reply is None else reply.id
