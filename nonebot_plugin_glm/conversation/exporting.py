"""一个会话写成给人看的 Markdown，或给程序读的 JSON。纯函数。"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from ..domain import ConversationKey, Turn
from .beijing import moment
from .prompt import clean_name
from .traces import quoted

FORMAT, VERSION = "nonebot_plugin_glm.conversation", 1
_LOCAL = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Said:
    """一轮，与它何时存下。"""

    turn: Turn
    at: float
    """Unix 秒"""


@dataclass(frozen=True, slots=True)
class Record:
    """一个会话存着的话，从旧到新。"""

    key: ConversationKey
    turns: Sequence[Said]
    notes: Sequence[str]


def as_json(record: Record, now: float) -> str:
    """给程序读的：存着的都在，时间是 ISO 8601。"""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": moment(now).isoformat(timespec="seconds"),
        "conversation": asdict(record.key),
        "notes": list(record.notes),
        "turns": [
            {
                "time": moment(said.at).isoformat(timespec="seconds"),
                **asdict(said.turn),
            }
            for said in record.turns
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def as_markdown(record: Record, now: float) -> str:
    """给人看的：谁在什么时候问了什么、答了什么；别人只有名字，没有号码。"""
    return "\n\n".join(_blocks(record, now)) + "\n"


def _blocks(record: Record, now: float) -> Iterator[str]:
    yield "# 与 GLM 的对话"
    yield f"{moment(now):{_LOCAL}} 导出，共 {len(record.turns)} 轮，都是北京时间。"
    if record.notes:
        yield "## 备忘"
        yield "\n".join(f"- {' '.join(note.split())}" for note in record.notes)
    for said in record.turns:
        yield from _turn_blocks(said)


def _turn_blocks(said: Said) -> Iterator[str]:
    turn = said.turn
    yield f"## {moment(said.at):{_LOCAL}} {clean_name(turn.speaker.name) or '无名'}"
    for remark in quoted(turn.referred):
        who = remark.name or "GLM"
        yield "\n".join(f"> {line}" for line in f"{who}：{remark.text}".splitlines())
    yield turn.question
    yield f"### GLM（{turn.model}）"
    yield turn.answer
