"""响应器：先看一眼每件事的，与回话的。

多一个响应器、多一级优先级，每条消息都要多花零点几毫秒，不论是不是给机器人的：所以只有
这两个，撤回归前一个，命令与聊天归后一个。
"""

from __future__ import annotations

from functools import partial

from nonebot import on, on_message
from nonebot.adapters import Bot, Event

from ..chat.draft import whose
from .arrivals import arrivals
from .chat import answer_question
from .dispatch import run
from .keys import get_key
from .overheard import overheard
from .quick import Handling, QuickRule, quick_handler
from .recall import forget_recalled, is_recall
from .rules import Kind, is_overheard, kind_of, wants_to_join
from .runtime import config

_join_in = partial(answer_question, unasked=True)


def _look(bot: Bot, event: Event) -> Handling | None:
    """有人撤回就忘记；消息只记下到了、旁听，从不响应。"""
    if event.get_type() != "message":
        return forget_recalled if is_recall(event) else None
    kind = kind_of(bot, event)
    if kind is Kind.QUESTION:
        arrivals.note(whose(get_key(bot, event)), event)
    elif kind is Kind.CHATTER and is_overheard(bot, event):
        overheard.note(get_key(bot, event), bot, event)
    return None


def _choose(bot: Bot, event: Event) -> Handling | None:
    """命令归命令，提问归聊天；闲谈里想插话，也归聊天。"""
    kind = kind_of(bot, event)
    if kind is Kind.COMMAND:
        return run
    if kind is Kind.QUESTION:
        return answer_question
    joins = kind is Kind.CHATTER and wants_to_join(bot, event)
    return _join_in if joins else None


watch = on(
    rule=QuickRule(_look),
    priority=0,  # 先于别的插件：它们会拦下事件，也会打乱先后
    block=False,
    handlers=[quick_handler],
)
reply = on_message(
    rule=QuickRule(_choose),
    priority=config.glm_priority,
    block=True,
    handlers=[quick_handler],
)
