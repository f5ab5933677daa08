"""一个提问怎样算。"""

from __future__ import annotations

from dataclasses import dataclass

from ..conversation.accounts import CHAT, PLUGIN
from ..domain import Speaker


@dataclass(frozen=True, slots=True)
class Terms:
    """一个提问怎样算。"""

    payer: Speaker | None = None
    """算在谁的账上，`None` 是提问的人"""
    exempt: bool = False
    """不受额度限制"""
    alone: bool = False
    """别的插件问的：不与别的话并成一问，不供重答；断在半截时抛出异常，不算一轮"""

    @property
    def purpose(self) -> str:
        """账上写为了什么。"""
        return PLUGIN if self.alone else CHAT


ORDINARY = Terms()
"""聊天里来的提问。"""
