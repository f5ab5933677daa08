"""别的插件可以用的一切；从包的门口导入，名字与形状由 tests/public_api 看守。

照语义化版本：只添不改，要改就先在更新日志里说，隔一个次版本才去掉。
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import TypeVar

from nonebot import get_bots
from nonebot.adapters import Bot, Event

from .chat.asides import UNNAMED, Aside
from .chat.guests import Ask, pieces, whole
from .chat.hooks import AfterAnswer, BeforeAnswer
from .chat.terms import Terms
from .domain import (
    Answer,
    Audience,
    ConversationKey,
    Question,
    Speaker,
    Turn,
    well_formed,
)
from .matchers.access import is_superuser_id
from .matchers.keys import get_key
from .matchers.overheard import overheard
from .matchers.runtime import get_service, hooks
from .message import identity

B = TypeVar("B", bound=BeforeAnswer)
A = TypeVar("A", bound=AfterAnswer)


async def ask(
    text: str,
    *,
    conversation: ConversationKey | None = None,
    speaker: Speaker | None = None,
    system_prompt: str | None = None,
    model: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
) -> Answer:
    """问一次，得到完整的回答，思考不在其中。

    不给 `conversation` 是在会话之外问：没有历史，不留下轮，几个可以同时问。给了就和
    在聊天里问一样：排队，带上历史、人设、备忘与摘要，经过钩子，答成了存下一轮；只是
    回答交给你，不发到聊天里，也不与别的话并成一问。

    用量都记在账上，`GLM_QUOTA_TOTAL` 总管用，会话里还有群的额度；给了 `speaker` 才算
    他的。限速、名单与群的开关是聊天的事，这里不管。最多用 `GLM_TIMEOUT` 秒；等的任务
    被取消，提问就中止，与 GLM 的连接也断开。

    参数:
        text: 提问，去掉首尾空白后不为空
        conversation: 在哪个会话里问，由 `conversation_of` 得到；没有事件时自己写，
            如 `ConversationKey("qq", 机器人的号码, Scope.GROUP, 群号)`
        speaker: 谁在问，由 `speaker_of` 得到；只在会话里可以给
        system_prompt: 系统提示，`None` 是 `GLM_SYSTEM_PROMPT`，空串是没有；
            它与以下各项只在会话之外可以给
        model: 模型，`None` 是 `GLM_MODEL`；过载时一样换后备
        temperature: 温度，0 到 1，`None` 照设置
        max_tokens: 思考与回答合计最多多少 token，`None` 照设置

    异常:
        ValueError: 提问是空的，或给了不能一起给的
        StoppedError: 被 `/glm stop`、重置或关机中止
        ClosingError: 正在关机，没有答或没能答完
        RefusedError: 有 `before_answer` 的钩子不许回答
        MissingKeyError: 没有设置 GLM_API_KEY
        DailyQuotaError: 今天的额度用完了
        QueueFullError: 会话里等着的太多
        GLMError: 其他失败，见 `nonebot_plugin_glm.exception`；失败的不留下轮
    """
    aside = Aside(text, system_prompt, model, temperature, max_tokens)
    return await whole(_asking(aside, conversation, speaker))


def stream(
    text: str,
    *,
    conversation: ConversationKey | None = None,
    speaker: Speaker | None = None,
    system_prompt: str | None = None,
    model: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
) -> AsyncGenerator[str, None]:
    """问一次，写出一段就给一段，连起来就是 `ask` 得到的 `text`；其余同 `ask`。

    拿得慢，攒下的就并成一段。在会话里，最后一段等存好了才给；没有拿完就关上
    （`aclose`，或取消等的任务），提问就中止，不会留下半轮；失败也可能在给出若干段之后。
    `GLM_STREAM=false` 时只有一段。
    """
    aside = Aside(text, system_prompt, model, temperature, max_tokens)
    return pieces(_asking(aside, conversation, speaker))


async def conversation_of(bot: Bot, event: Event) -> ConversationKey:
    """这个事件所在的会话，与聊天里的是同一个：群里照群选的，共用一份或各成员一份。

    异常:
        StoreError: 历史打不开
    """
    await get_service()  # 群的选择在历史里
    return get_key(bot, event)


async def speaker_of(bot: Bot, event: Event) -> Speaker:
    """这个事件是谁发的；平台不给名字时名字为空。"""
    return await identity.speaker_of(bot, event)


async def history(conversation: ConversationKey, limit: int = 20) -> list[Turn]:
    """会话最近的至多 `limit` 轮，从旧到新，不再随提问带上的也算。

    异常:
        ValueError: `limit` 不是正数
        StoreError: 历史读不出
    """
    if limit < 1:
        raise ValueError("limit 要是正数")
    service = await get_service()
    return [stored.turn for stored in await service.newest_turns(conversation, limit)]


async def reset(conversation: ConversationKey) -> int:
    """忘记会话，返回忘记了几轮，如同 `/glm reset`：在途的提问都中止，备忘还在。

    异常:
        StoreError: 历史写不进
    """
    service = await get_service()
    overheard.forget(conversation)
    return (await service.reset(conversation)).turns


def before_answer(hook: B) -> B:
    """登记一个回答之前的钩子，作装饰器用：`async (Question) -> Question | None`。

    聊天里的、别的插件在会话里问的都经过它，会话之外的不。它看到的是并好了的提问；中途
    又并进一句、从头再答时再看一次。返回改过的提问（`dataclasses.replace`），问的与存的就
    是改过的，只有 `text`、`referred`、`overheard` 改得了；返回 `None` 是不改。抛出
    `RefusedError` 就不回答：聊天里说它的那句话，不留下轮，也不花钱。

    依登记的次序，登记两次算一次。最多 30 秒；它自己出错或太慢，日志里说一声，回答照常。
    不要在里面问同一个会话：那个提问要等这一个答完。

    异常:
        TypeError: 不是 async 函数
    """
    hooks.add_before(hook)
    return hook


def after_answer(hook: A) -> A:
    """登记一个回答之后的钩子，作装饰器用：`async (Question, Answer) -> None`。

    在存好、说完之后；失败的提问没有。`Answer.finish` 是 `broken` 的说到一半断了。它返回
    之前，会话里的下一个提问等着；其余同 `before_answer`。

    异常:
        TypeError: 不是 async 函数
    """
    hooks.add_after(hook)
    return hook


def _asking(
    aside: Aside, conversation: ConversationKey | None, speaker: Speaker | None
) -> Ask:
    """怎样去问。"""
    aside = replace(aside, text=well_formed(aside.text).strip())
    if not aside.text:
        raise ValueError("提问是空的")
    if conversation is None and speaker is not None:
        raise ValueError("会话之外的提问不算谁的，给了 speaker 就要给 conversation")
    if conversation is not None and aside != Aside(aside.text):
        raise ValueError("会话里的提问照会话的人设与模型，不能另给")

    async def work(audience: Audience) -> None:
        service = await get_service()
        if conversation is None:
            return await service.asides.ask(aside, audience)
        question = Question(conversation, speaker or UNNAMED, aside.text)
        bot = get_bots().get(conversation.bot_id)
        exempt = is_superuser_id(bot, question.speaker.id)
        await service.ask(question, audience, terms=Terms(exempt=exempt, alone=True))

    return work
