"""ChatService 告诉别人的事：都是值。"""

from __future__ import annotations

from dataclasses import dataclass

from ..conversation.summary import Fold
from ..domain import Answer, ConversationKey, Question, Thinking, Turn
from ..exception import GLMError

BROKEN = "broken"
"""说到一半断了的回答的结束原因。"""


@dataclass(frozen=True, slots=True)
class Written:
    """写出来而还没有存下的回答。"""

    answer: Answer
    model: str
    """问的是哪个模型；答的可能是后备，自报的名字也可能不同"""
    window_start: int | None = None
    """窗口从这一轮开始，`None` 为不变"""
    fold: Fold | None = None
    """该折进摘要的一段"""
    broken_by: GLMError | None = None
    """说到一半断了，因为什么"""


@dataclass(frozen=True, slots=True)
class Retriable:
    """可以重答的提问。"""

    question: Question
    replaces: int | None
    """重答成功后取代哪一轮；从没答成过的提问没有轮可取代"""


@dataclass(frozen=True, slots=True)
class ResetDone:
    """一次重置做了什么。"""

    turns: int
    """忘记了几轮"""
    stopped: int
    """中止了几个提问"""
    notes: int = 0
    """还记着几条备忘"""


@dataclass(frozen=True, slots=True)
class Status:
    """一个会话的现状。"""

    model: str
    thinking: Thinking
    turns: int
    """存下的轮数"""
    last: Turn | None
    """最后一轮"""


@dataclass(frozen=True, slots=True)
class Recalled:
    """一次撤回做了什么。"""

    key: ConversationKey | None = None
    """哪个会话忘记了一轮，`None` 为没有"""
    answers: tuple[str, ...] = ()
    """回答的各条消息，也该撤回"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """抹去了一个人的多少。"""

    turns: int
    notes: int
    stopped: int
    """中止了几个提问"""
    clean: bool
    """文件也整理干净了"""
