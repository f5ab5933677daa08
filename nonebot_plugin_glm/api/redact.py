"""从上游的文本里抹去密钥，一段也不留。"""

from __future__ import annotations

from collections.abc import Iterable

from ..domain import well_formed

MIN_FRAGMENT = 6
"""与密钥相同的连续字符达到这么多就抹去。"""


def redact(text: str, secrets: Iterable[str], limit: int = 200) -> str:
    """返回最长 `limit` 字、其中与任何密钥连续相同的片段都换成 `***` 的文本。"""
    # 先收拢空白再抹：反过来，拆开的密钥会在收拢时重新接上
    text = " ".join(well_formed(text).split())[: 10 * limit]
    for secret in secrets:
        size = min(MIN_FRAGMENT, len(secret))
        masked = bytearray(len(text))
        for start in range(len(text) - size + 1):
            if text[start : start + size] in secret:
                masked[start : start + size] = b"\x01" * size
        text = _mask(text, masked)
    return text[:limit]


def _mask(text: str, masked: bytearray) -> str:
    kept: list[str] = []
    for index, char in enumerate(text):
        if not masked[index]:
            kept.append(char)
        elif index == 0 or not masked[index - 1]:
            kept.append("***")
    return "".join(kept)
