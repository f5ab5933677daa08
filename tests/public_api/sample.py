# pyright: strict
"""用公开接口写的一个插件；第一行让 basedpyright 照最严的看，如同用这个包的人。"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from nonebot import on_command, require
from nonebot.adapters import Bot, Event
from nonebot.matcher import Matcher

require("nonebot_plugin_glm")

from nonebot_plugin_glm import (  # noqa: E402
    Answer,
    ConversationKey,
    GLMError,
    Question,
    RefusedError,
    Speaker,
    Turn,
    after_answer,
    ask,
    before_answer,
    conversation_of,
    history,
    reset,
    speaker_of,
    stream,
)
from nonebot_plugin_glm.exception import DailyQuotaError  # noqa: E402

answered: list[tuple[Question, Answer]] = []


@before_answer
async def mind_the_words(question: Question) -> Question | None:
    """不许骂人，暗号换一个说法。"""
    if "骂人" in question.text:
        raise RefusedError("不许骂人。")
    if "暗号" in question.text:
        return replace(question, text=question.text.replace("暗号", "口令"))
    return None


@after_answer
async def count_answers(question: Question, answer: Answer) -> None:
    """记下回答。"""
    answered.append((question, answer))


async def say(matcher: Matcher, text: str) -> None:
    """回一句。"""
    # NoneBot 的消息类型有一个参数没有写明
    await matcher.send(text)  # pyright: ignore[reportUnknownMemberType]


def words_of(event: Event) -> str:
    """命令后面的话。"""
    return event.get_plaintext().partition(" ")[2]


fortune = on_command("签", priority=1, block=True)


@fortune.handle()
async def tell_fortune(matcher: Matcher, event: Event) -> None:
    """在会话之外问。"""
    try:
        answer = await ask(words_of(event), system_prompt="你解签。", temperature=0.9)
    except DailyQuotaError as error:
        return await say(matcher, f"{error.whose} 的额度用完了")
    except GLMError:
        return await say(matcher, "签筒空了")
    await say(matcher, answer.text)


more = on_command("接着", priority=1, block=True)


@more.handle()
async def say_more(matcher: Matcher, bot: Bot, event: Event) -> None:
    """在会话里问。"""
    conversation: ConversationKey = await conversation_of(bot, event)
    speaker: Speaker = await speaker_of(bot, event)
    try:
        answer = await ask(words_of(event), conversation=conversation, speaker=speaker)
    except RefusedError as error:
        return await say(matcher, f"拦下了：{error.sentence}")
    await say(matcher, answer.text)


poem = on_command("诗", priority=1, block=True)


@poem.handle()
async def write_poem(matcher: Matcher, bot: Bot, event: Event) -> None:
    """一段段地拿，拿到「停」为止。"""
    found: list[str] = []
    conversation = await conversation_of(bot, event)
    pieces: AsyncGenerator[str, None] = stream(
        words_of(event), conversation=conversation
    )
    async with aclosing(pieces):
        async for piece in pieces:
            found.append(piece)
            if "停" in piece:
                break
    await say(matcher, "".join(found))


turns = on_command("几轮", priority=1, block=True)


@turns.handle()
async def count_turns(matcher: Matcher, bot: Bot, event: Event) -> None:
    """读历史。"""
    found: list[Turn] = await history(await conversation_of(bot, event), limit=50)
    asked = "、".join(turn.question for turn in found)
    await say(matcher, f"{len(found)} 轮：{asked}；答了 {len(answered)} 次")


clear = on_command("清空", priority=1, block=True)


@clear.handle()
async def forget(matcher: Matcher, bot: Bot, event: Event) -> None:
    """重置。"""
    await say(matcher, f"忘了 {await reset(await conversation_of(bot, event))} 轮")
