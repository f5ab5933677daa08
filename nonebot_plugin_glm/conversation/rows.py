"""值与表里的行互相转换。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from ..domain import ConversationKey, Scope, Speaker, Thinking, Turn, Usage
from .noting import Note
from .tables import turns

_WIDTH = len(turns.c)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """存下的一轮；`id` 随时间递增。"""

    id: int
    turn: Turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """读出的会话；没有说过话的会话各项都是默认值。"""

    turns: tuple[StoredTurn, ...] = ()
    """窗口里的轮，从旧到新"""
    model: str | None = None
    """为本会话选择的模型，`None` 为默认"""
    thinking: Thinking | None = None
    persona: str | None = None
    """为本会话选择的人设，`None` 为默认"""
    notes: tuple[Note, ...] = ()
    """备忘，从旧到新"""
    summary: str = ""
    """窗口之前的对话的摘要，没有是空串"""
    summarized: int = 0
    """这一轮之前的都在摘要里了"""
    window_start: int = 0
    """窗口从这一轮开始"""
    identity: int | None = None
    """库里的编号，还没有存过是 `None`"""


def key_columns(key: ConversationKey) -> dict[str, str]:
    """会话的名字占用的列。"""
    # 不用 asdict：它逐层深拷贝，而这里每个提问都要过几遍
    return {
        "platform": key.platform,
        "bot_id": key.bot_id,
        "scope": key.scope.value,
        "group_id": key.group_id,
        "user_id": key.user_id,
    }


def usage_columns(usage: Usage) -> dict[str, int]:
    """用量占用的列。"""
    return {
        "prompt_tokens": usage.prompt_tokens,
        "cached_tokens": usage.cached_tokens,
        "completion_tokens": usage.completion_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
    }


def turn_columns(turn: Turn) -> dict[str, Any]:
    """一轮占用的列。"""
    return {
        "referred": turn.referred,
        "question": turn.question,
        "answer": turn.answer,
        "speaker_id": turn.speaker.id,
        "speaker_name": turn.speaker.name,
        "model": turn.model,
        **usage_columns(turn.usage),
    }


def stored_turn(row: Row[Any]) -> StoredTurn:
    """由以 `turns` 各列开头的一行得到一轮。

    按次序拆开：按名字取，一列要近一微秒，窗口里有上百轮。
    """
    number, _, question, answer, speaker_id, speaker_name, model, *rest = row[:_WIDTH]
    prompt, cached, completion, reasoning, _, referred = rest
    usage = Usage(prompt, cached, completion, reasoning)
    speaker = Speaker(speaker_id, speaker_name)
    return StoredTurn(number, Turn(question, answer, speaker, model, usage, referred))


def stored_key(row: Row[Any]) -> ConversationKey:
    """由含有会话各列的一行得到会话的名字。"""
    return ConversationKey(
        row.platform, row.bot_id, Scope(row.scope), row.group_id, row.user_id
    )
