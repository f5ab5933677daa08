"""粗略的 token 估算：一个中日韩字符算一个，四个拉丁字符算一个。"""

import re
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

_WIDE: Final = re.compile("[\u2e80-\U0010ffff]")
_MARK: Final = "\x1e"
_SYSTEM_MARK: Final = "\x1d"
_IMAGE: Final = "图" * 1000
"""一张图片按 1000 token 计。"""
_CACHE_FLOOR: Final = 500
_KEPT_PROMPTS: Final = 64


def estimate(text: str) -> int:
    """估算一段文字的 token 数。"""
    wide = len(_WIDE.findall(text))
    marks = text.count(_MARK) + text.count(_SYSTEM_MARK)
    return wide + -(-(len(text) - wide - marks) // 4)


def cut(text: str, limit: int) -> str:
    """截取不超过 limit 个 token 的开头。"""
    quarters = 4 * limit
    for position, char in enumerate(text):
        quarters -= 4 if _WIDE.match(char) else 1
        if quarters < 0:
            return text[:position]
    return text


def content_text(content: object) -> str:
    """一条消息的文字，图片等部件换成等价长度的占位。"""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "".join(
        part["text"] if part.get("type") == "text" else _IMAGE for part in content
    )


def serialize(messages: Sequence[Mapping[str, Any]]) -> str:
    """把消息拼成一段可比较前缀的文字，分隔符不计 token。"""
    return "".join(
        (_SYSTEM_MARK if message["role"] == "system" else _MARK)
        + content_text(message["content"])
        + "".join(map(_call_text, message.get("tool_calls") or ()))
        for message in messages
    )


def _call_text(call: Mapping[str, Any]) -> str:
    return call["function"]["name"] + call["function"]["arguments"]


class PrefixCache:
    """上下文缓存：按模型记住最近的提示词，命中立即生效。"""

    def __init__(self) -> None:
        self._seen: defaultdict[str, deque[str]] = defaultdict(
            lambda: deque(maxlen=_KEPT_PROMPTS)
        )

    def hit(self, model: str, prompt: str) -> int:
        """返回命中的 token 数并记住这次的提示词，不足 500 算没有命中。"""
        seen = self._seen[model]
        longest = max((_shared(earlier, prompt) for earlier in seen), default=0)
        seen.append(prompt)
        tokens = estimate(prompt[:longest])
        return tokens if tokens >= _CACHE_FLOOR else 0

    def clear(self) -> None:
        """忘记全部提示词。"""
        self._seen.clear()


def _shared(first: str, second: str) -> int:
    # 逐字比较百万字的提示词太慢，改为对切片二分。
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
