"""失败之后带哪些轮再试一次：纯粹的决定。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..exception import ContextTooLongError, GLMError, InvalidMessagesError

T = TypeVar("T")


def narrowed(turns: Sequence[T], error: GLMError) -> Sequence[T] | None:
    """带着更少的轮再试一次；`None` 表示再试无益。

    超长（1261）就去掉较旧的一半；序列不被接受（1214）就不带历史，因为 GLM 不说是
    哪一条不对，而单独的提问总是合法的。
    """
    if not turns:
        return None
    if isinstance(error, ContextTooLongError):
        return turns[len(turns) // 2 + 1 :]
    return () if isinstance(error, InvalidMessagesError) else None
