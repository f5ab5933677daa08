"""由机器人与事件得到回话要用的，以及接住一切失败的边界。"""

from __future__ import annotations

from nonebot.adapters import Bot, Event
from nonebot.exception import NoneBotException
from nonebot.log import logger

from ..conversation.prompt import labelled_remarks
from ..domain import ConversationKey, Question, Reader
from ..exception import GLMError, StoppedError
from ..message import onebot
from ..message.identity import is_private, message_id_of, speaker_of
from ..message.incoming import question_text
from ..message.outgoing import Outgoing
from ..message.presenting import Manner
from ..message.references import referred
from ..message.sentences import UNEXPECTED, sentence_for
from ..message.waiting import Waiting
from .access import is_superuser
from .leaving import leaving
from .overheard import overheard
from .pictures import painter
from .rules import COMMAND
from .runtime import config


def get_outgoing(bot: Bot, event: Event) -> Outgoing:
    """回到这条消息来处的路，群里引用它。"""
    return Outgoing(bot, event, quote=not is_private(bot, event))


async def get_question(bot: Bot, event: Event, key: ConversationKey) -> Question:
    """会话里的一个提问；`text` 可能为空。"""
    references = await referred(bot, event, config.glm_forward_depth)
    text = question_text(bot, event)
    return Question(
        key,
        await speaker_of(bot, event),
        SEE_REFERRED if references.remarks and not text else text,
        message_ids=message_id_of(bot, event),
        referred=labelled_remarks("引用", references.remarks),
        referred_id=references.message_id,
        overheard=labelled_remarks("旁听", overheard.remarks(key)),
        place_name=onebot.group_name(event),
    )


def manner() -> Manner:
    """现在怎样说一个回答。"""
    return Manner(
        message_chars=config.glm_message_chars,
        forward_chars=config.glm_forward_chars,
        max_segments=config.glm_max_segments,
        stream=config.glm_stream,
        painter=painter(),
        show_fallback=config.glm_show_fallback,
        command=COMMAND,
    )


SEE_REFERRED = "（见引用）"
"""只引用而什么也没有说的提问。"""


def waiting(bot: Bot, event: Event, outgoing: Outgoing, reader: Reader) -> Waiting:
    """等回答的这一段时间。"""
    return Waiting(bot, event, outgoing, reader, config.glm_notice_seconds)


class Apologies:
    """失败的去处：聊天里一句话，日志里有缘由，机器人照常活着；`async with` 里用。

    参数:
        bot: 机器人
        event: 提问或命令
        outgoing: 回到来处的路
        aloud: 是否在聊天里说；没有人叫它时不说
    """

    def __init__(
        self, bot: Bot, event: Event, outgoing: Outgoing, *, aloud: bool = True
    ) -> None:
        self._bot = bot
        self._event = event
        self._outgoing = outgoing
        self._aloud = aloud

    async def __aenter__(self) -> None:
        leaving.started()

    async def __aexit__(
        self, _: object, error: BaseException | None, __: object
    ) -> bool:
        try:
            return error is not None and await self._settle(error)
        finally:
            leaving.finished()

    async def _settle(self, error: BaseException) -> bool:
        """返回失败是不是到此为止：NoneBot 自己的异常与取消还要往外走。"""
        if isinstance(error, NoneBotException) or not isinstance(error, Exception):
            return False
        if isinstance(error, StoppedError):
            logger.debug("提问被中止")
        elif isinstance(error, GLMError):
            logger.warning(f"提问失败：{error!r}")
            detailed = is_superuser(self._bot, self._event)
            await self._say(sentence_for(error, detailed=detailed, command=COMMAND))
        else:
            logger.opt(exception=error).error("意料之外的错误")
            await self._say(UNEXPECTED)
        return True

    async def _say(self, sentence: str) -> None:
        if self._aloud:
            await self._outgoing.say(sentence)
