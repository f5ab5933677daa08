"""`/glm …`：照说明书写的、写错了的、根本不像话的。"""

from __future__ import annotations

from random import Random
from typing import Any

from . import garbage

_WORDS = (
    "", "on", "off", "auto", "all", "me", "default", "add", "edit", "show", "remove",
    "猫", "喵喵喵", "1", "0", "-1", "999999999999999999999", "1e9", "２", "--global",
    "--help", "--shortcut", "today", "group", "member", "lift", "10000", "5", "999",
    "glm-4.7", "glm-4.7-flash", "probability", "keywords", "cooldown", "follow", "0.5",
    "glm_model", "GLM_HISTORY_TURNS", "glm_api_key", "reset", "确认", "yes", "[]", "?",
)  # fmt: skip
NAMES = (
    "reset", "status", "undo", "retry", "stop", "resend", "history", "model", "think",
    "persona", "remember", "memory", "forget", "usage", "quota", "bill", "on", "off",
    "scope", "join", "block", "unblock", "doctor", "config", "export", "report", "help",
    "",
)  # fmt: skip
_CONFIG = ("glm_temperature", "glm_message_chars", "glm_stream", "glm_quota_user")


def line(rng: Random) -> str:
    """一行命令。"""
    name = rng.choice(NAMES) if rng.random() < 0.95 else garbage.text(rng, 2)
    words = [_word(rng) for _ in range(rng.randrange(4))]
    gap = rng.choice((" ", " ", " ", "  ", "\n", "\u3000", "\t"))
    start = rng.choice(("/glm", "/glm", "/glm", " /glm", "/glm\u00a0", "/GLM"))
    if name == "config" and words and rng.random() < 0.5:
        words[0] = rng.choice(_CONFIG)
    return gap.join([start, name, *words])


def message(rng: Random) -> list[dict[str, Any]]:
    """一行命令作为消息，中间也许夹着别的段。"""
    said: list[dict[str, Any]] = [{"type": "text", "data": {"text": line(rng)}}]
    if rng.random() < 0.15:
        kind = rng.choice(("at", "image", "face", "json"))
        said.append({"type": kind, "data": {"qq": rng.choice(("5", "all", 999))}})
        said.append({"type": "text", "data": {"text": " " + _word(rng)}})
    return said


def _word(rng: Random) -> str:
    return rng.choice(_WORDS) if rng.random() < 0.8 else garbage.text(rng, 3)
