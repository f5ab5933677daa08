"""要让机器人的主人知道的事：私聊告诉每个超级用户，一件事一次。"""

from __future__ import annotations

import asyncio
from pathlib import Path

from nonebot import get_bots, get_driver
from nonebot.adapters import Bot
from nonebot.log import logger
from nonebot_plugin_alconna.uniseg import FallbackStrategy, Target, Text, UniMessage

from ..api.parking import KeyParked, Reach, beijing_time
from ..exception import QuotaError


def platform_of(bot: Bot) -> str:
    """`SUPERUSERS` 里写在号码前面的平台名，与 NoneBot 的 SUPERUSER 一样。"""
    return bot.adapter.get_name().split(maxsplit=1)[0].lower()


class Owners:
    """机器人的主人们；没有机器人连着就等连上再说。"""

    def __init__(self) -> None:
        self._unsaid: list[tuple[str, str]] = []
        self._sending: asyncio.Task[None] | None = None

    def tell(self, sentence: str) -> None:
        """告诉每个超级用户一句话，不等说到。"""
        owners = sorted(get_driver().config.superusers)
        self._unsaid += [(owner, sentence) for owner in owners]
        self.catch_up()

    def catch_up(self) -> None:
        """把还没有说的说完。"""
        busy = self._sending is not None and not self._sending.done()
        if self._unsaid and get_bots() and not busy:
            self._sending = asyncio.create_task(self._say_all())

    async def close(self) -> None:
        """不再说了。"""
        sending, self._sending = self._sending, None
        if sending is not None:
            sending.cancel()
            await asyncio.wait([sending])

    async def _say_all(self) -> None:
        waiting: list[tuple[str, str]] = []
        while self._unsaid:
            owner, sentence = self._unsaid.pop(0)
            platform, _, user_id = owner.rpartition(":")
            bots = [
                bot for bot in get_bots().values() if platform in ("", platform_of(bot))
            ]
            if not bots:
                waiting.append((owner, sentence))
            elif not await _say(bots, user_id, sentence):
                logger.warning("有话要告诉机器人的主人，但私聊没有发出去")
        self._unsaid = waiting


async def _say(bots: list[Bot], user_id: str, sentence: str) -> bool:
    """由第一个说得到的机器人来说，返回是否说到。"""
    for bot in bots:
        try:
            await UniMessage([Text(sentence)]).send(
                Target(user_id, private=True), bot, fallback=FallbackStrategy.ignore
            )
        except Exception as exc:  # 不是好友、没有私聊的平台，各家的异常各不相同
            logger.debug(f"{bot.self_id} 私聊不到主人：{type(exc).__name__}")
        else:
            return True
    return False


owners = Owners()
get_driver().on_shutdown(owners.close)


@get_driver().on_bot_connect
async def _catch_up() -> None:
    owners.catch_up()


def tell_parked(parked: KeyParked) -> None:
    """一个密钥被搁置了：写进日志，告诉主人；只缺一个模型的只写日志。"""
    sentence = parked_sentence(parked)
    logger.warning(sentence)
    if parked.parking.reach is not Reach.MODEL:
        owners.tell(sentence)


def tell_damaged(aside: Path) -> None:
    """数据库坏了，换了新的：写进日志，告诉主人。"""
    sentence = (
        f"数据库坏了，已移到同一目录的 {aside.name}，换了一个新的；"
        "历史、备忘、账本和各群的设置从头开始，有备份可以用 nb glm import 导入。"
    )
    logger.error(sentence)
    owners.tell(sentence)


def parked_sentence(parked: KeyParked) -> str:
    """一个密钥被搁置了怎样说：说第几个，从不说密钥本身。"""
    parking = parked.parking
    which = f"第 {parked.number} 个密钥" if parked.total > 1 else "密钥"
    if parking.reach is Reach.MODEL:
        what = f"GLM 的{which}不能用 {parking.model}"
    elif isinstance(parking.error, QuotaError):
        paid = "，收费的模型用不了" if parking.reach is Reach.PAID else ""
        what = f"GLM 的{which}额度用完了{paid}"
    else:
        what = f"GLM 不认{which}"
    what = f"{what}（{parking.error}）"
    if not parked.usable:
        return f"{what}，没有别的密钥可换。每个提问仍会再试，恢复了就照常回答。"
    until = beijing_time(parking.until)
    return f"{what}，搁置到 {until}（北京时间）再试；还有 {parked.usable} 个可用。"
