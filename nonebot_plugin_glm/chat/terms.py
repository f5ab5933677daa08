"""一个提问怎样算。"""

from __future__ import annotations

from dataclasses import dataclass

from ..domain import Speaker


@dataclass(frozen=True, slots=True)
class Terms:
    """一个提问怎样算。"""

    payer: Speaker | None = None
    """算在谁的账上，`None` 是提问的人"""
    exempt: bool = False
    """不受额度限制"""


ORDINARY = Terms()
"""聊天里来的提问。"""
