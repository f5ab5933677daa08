"""聊天：给机器人的消息 -> 提问 -> 服务 -> 发回去。"""

from __future__ import annotations

from functools import partial
from typing import Annotated

from nonebot import on_message
from nonebot.adapters import Bot, Event
from nonebot.log import logger
from nonebot.params import Depends

from ..domain import Answer
from ..message.outgoing import Outgoing
from .arrivals import arrivals
from .depends import apologies, get_outgoing, get_question
from .quick import quick_rule
from .rules import is_for_bot, listening
from .runtime import config, get_service

LISTENING = "在，请说。"
TRUNCATED = "（回答到了长度上限，先到这里；可以说「继续」。）"
UNSAVED = "（这一轮没能存进历史，请机器人的主人检查磁盘空间与日志。）"

chat = on_message(rule=quick_rule(is_for_bot), priority=config.glm_priority, block=True)


@chat.handle()
async def answer_question(
    bot: Bot, event: Event, outgoing: Annotated[Outgoing, Depends(get_outgoing)]
) -> None:
    """回答一个提问；空的 @ 就等下一句。"""
    async with apologies(bot, event, outgoing):
        # 不由 Depends 给：pydantic 1 校验不了带 __slots__ 的 dataclass
        question = await get_question(bot, event)
        service = await get_service()
        await arrivals.enter(question.key, event)
        if not question.text:
            listening.start(bot, event)
            return await outgoing.say(LISTENING)
        listening.stop(bot, event)
        await service.ask(question, partial(deliver, outgoing))


async def deliver(outgoing: Outgoing, answer: Answer) -> None:
    """把回答发出去，需要时在末尾加一句说明。"""
    notes = [TRUNCATED] if answer.finish == "length" else []
    if not answer.saved:
        logger.error("这一轮没能存进历史，请检查数据目录与磁盘空间")
        notes.append(UNSAVED)
    await outgoing.deliver("\n\n".join([answer.text, *notes]))
