"""依赖注入的函数，以及接住一切失败的边界。"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nonebot.adapters import Bot, Event
from nonebot.exception import NoneBotException
from nonebot.log import logger
from nonebot.permission import SUPERUSER

from ..domain import ConversationKey, Question, Scope
from ..exception import GLMError, StoppedError
from ..message.identity import conversation_key, speaker_of
from ..message.incoming import question_text
from ..message.outgoing import Outgoing
from ..message.sentences import UNEXPECTED, sentence_for
from .runtime import config


def get_key(bot: Bot, event: Event) -> ConversationKey:
    """这条消息所在的会话。"""
    return conversation_key(bot, event, Scope(config.glm_group_scope))


async def get_outgoing(bot: Bot, event: Event) -> Outgoing:
    """回到这条消息来处的路，群里引用它。"""
    in_group = get_key(bot, event).scope is not Scope.PRIVATE
    return Outgoing(bot, event, quote=in_group, limit=config.glm_message_chars)


async def get_question(bot: Bot, event: Event) -> Question:
    """提问；`text` 可能为空。"""
    speaker = await speaker_of(bot, event)
    return Question(get_key(bot, event), speaker, question_text(bot, event))


@asynccontextmanager
async def apologies(bot: Bot, event: Event, outgoing: Outgoing) -> AsyncIterator[None]:
    """失败的去处：聊天里一句话，日志里有缘由，机器人照常活着。"""
    try:
        yield
    except NoneBotException:
        raise
    except StoppedError:
        logger.debug("提问被中止")
    except GLMError as error:
        logger.warning(f"提问失败：{error!r}")
        detailed = await SUPERUSER(bot, event)
        await outgoing.say(sentence_for(error, detailed=detailed))
    except Exception:
        logger.opt(exception=True).error("意料之外的错误")
        await outgoing.say(UNEXPECTED)
