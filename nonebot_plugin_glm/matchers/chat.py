"""聊天：给机器人的消息 -> 提问 -> 服务 -> 发回去。"""

from __future__ import annotations

from contextlib import nullcontext

from nonebot.adapters import Bot, Event

from ..chat.draft import whose
from ..chat.service import ChatService
from ..chat.terms import Terms
from ..conversation.accounts import NOBODY
from ..domain import ConversationKey, Question, Scope
from ..exception import ClosingError, DailyQuotaError, QueueFullError
from ..message.delivery import Delivery
from ..message.outgoing import Outgoing
from ..message.sentences import nearly_used_up
from .access import is_superuser, may_chat
from .arrivals import arrivals
from .depends import Apologies, get_outgoing, get_question, manner, waiting
from .gate import CLOSING, LISTENING, QUEUE_FULL, gate
from .joining import join_settings
from .keys import get_key
from .listening import listening, pieces
from .rules import is_addressed, is_called
from .runtime import config, get_service


async def answer_question(bot: Bot, event: Event, *, unasked: bool = False) -> None:
    """回答一个提问；空的 @ 就等下一句，没有叫它的只在能接话时接。

    参数:
        bot: 机器人
        event: 提问
        unasked: 是不是它自己想插话
    """
    outgoing = get_outgoing(bot, event)
    async with Apologies(bot, event, outgoing, aloud=not unasked):
        service = await get_service()
        key = get_key(bot, event)
        # 刚启动时群的选择还没有读出来，这里再看一次
        if not may_chat(bot, event, key):
            return None
        addressed, place = unasked or is_addressed(bot, event), whose(key)
        with arrivals.claim(place, event):
            question = await get_question(bot, event, key)
            await arrivals.enter(place, event)
            _expect_more(bot, event, key, question)
            if (question.text and service.join(question)) or not addressed:
                return None
        if not question.text:
            return await _listen(bot, event, outgoing, service, question)
        if not unasked and await _refused(bot, event, outgoing, service, question):
            return None
        await _answer(bot, event, outgoing, service, question, unasked=unasked)


def _expect_more(
    bot: Bot, event: Event, key: ConversationKey, question: Question
) -> None:
    """一个意思分几条打：头一条叫了它，紧接着的不必再叫，哪怕头一条已经答了。"""
    listening.stop(bot, event)
    if question.text and key.scope is not Scope.PRIVATE and is_called(event):
        pieces.start(bot, event, config.glm_merge_seconds)


async def _listen(
    bot: Bot, event: Event, outgoing: Outgoing, service: ChatService, question: Question
) -> None:
    """空的 @：等他的下一句；他的提问还没有答的，多半是在催，不必应。"""
    listening.start(bot, event)
    if service.has_asked(question.key, question.speaker.id):
        return
    if gate.tell_once(event, question.key, LISTENING):
        await outgoing.say(LISTENING)


async def _refused(
    bot: Bot, event: Event, outgoing: Outgoing, service: ChatService, question: Question
) -> bool:
    """问得太多、太快的不答；该说一句的说一句。"""
    hearing = service.is_hearing(question.key, question.speaker.id)
    refusal = gate.refuse(bot, event, question.key, question.text, hearing=hearing)
    if refusal:
        await outgoing.say(refusal)
    return refusal is not None


async def _answer(
    bot: Bot,
    event: Event,
    outgoing: Outgoing,
    service: ChatService,
    question: Question,
    *,
    unasked: bool,
) -> None:
    async with (
        Delivery(outgoing, manner()) as audience,
        # 没有人等着，就不必有动静
        nullcontext() if unasked else waiting(bot, event, outgoing, audience),
    ):
        try:
            # 插话是它自己要说的，不算听的人的
            own = Terms(NOBODY) if unasked else Terms(exempt=is_superuser(bot, event))
            await service.ask(question, audience, terms=own)
        except QueueFullError:
            if not unasked and gate.tell_once(event, question.key, QUEUE_FULL):
                raise
            return
        except ClosingError:
            if audience.seen or gate.tell_once(event, question.key, CLOSING):
                raise
            return
        except DailyQuotaError as error:
            used_up, all_of_them = f"{error.whose} {error.day}", error.whose != "user"
            if unasked or gate.tell_today(
                event, question.key, used_up, everyone=all_of_them
            ):
                raise
            return
    gate.answered(event, question.key, audience.written)
    if not unasked:
        await _warn(outgoing, service, question)
    _follow(bot, event, service, question.key)


async def _warn(outgoing: Outgoing, service: ChatService, question: Question) -> None:
    """额度用到八成时说一声，一天一次。"""
    standing = service.billing.quotas.word(question.key, question.speaker)
    if standing is not None:
        whose, limit = standing.account.kind.value, standing.limit
        sentence = nearly_used_up(whose, standing.used, limit.amount, limit.unit)
        await outgoing.say(sentence)


def _follow(bot: Bot, event: Event, service: ChatService, key: ConversationKey) -> None:
    """刚回答过的人接着说，不必再 @。"""
    if key.scope is Scope.PRIVATE:
        return
    if seconds := join_settings(config, service.places, key).follow:
        listening.start(bot, event, seconds)
