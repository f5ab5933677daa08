"""给人看的一句话是什么样子。"""

from __future__ import annotations

import re

from tests.real_bot import fragments

from .conftest import KEYS

_UGLY = re.compile(r"Error|[{}<>]|Traceback|https?:|\bNone\b|[a-z_]+Exception")


def check_sentence(text: str) -> None:
    """一句给人看的中文，没有上游的原文，没有密钥。"""
    assert re.search(r"[\u4e00-\u9fff].*[。）]$", text), text
    assert "\n" not in text
    assert not _UGLY.search(text), text
    assert not any(piece in text for piece in fragments(KEYS))
