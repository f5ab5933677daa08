"""失败的提问：只在内存里，供 `/glm retry`。"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from ..domain import ConversationKey
from .results import Retriable

MOST = 256
"""最多为多少个会话记住。"""


class FailedQuestions:
    """每个会话刚失败的提问。"""

    def __init__(self) -> None:
        self._failed: OrderedDict[ConversationKey, Retriable] = OrderedDict()

    def remember(self, failed: Retriable) -> None:
        """记住一个，太多时忘掉最旧的。"""
        key = failed.question.key
        self._failed[key] = failed
        self._failed.move_to_end(key)
        if len(self._failed) > MOST:
            self._failed.popitem(last=False)

    def get(self, key: ConversationKey) -> Retriable | None:
        """会话刚失败的提问。"""
        return self._failed.get(key)

    def forget(self, key: ConversationKey) -> None:
        """会话里有提问答成了。"""
        self._failed.pop(key, None)

    def forget_all(self, matches: Callable[[Retriable], bool]) -> None:
        """忘掉相配的：会话被重置了，或消息被撤回了。"""
        for key, failed in list(self._failed.items()):
            if matches(failed):
                del self._failed[key]
