"""送出一个响应的步骤：响应头、字节、停顿、等放行与挂断。"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

STREAM_TYPE: Final = "text/event-stream;charset=UTF-8"
JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Head:
    """响应头；length 为 None 时分块传输，结束后关闭连接。"""

    status: int = 200
    content_type: str = JSON_TYPE
    length: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pause:
    """沉默若干秒。"""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """等到放行。"""

    released: asyncio.Event


@dataclass(frozen=True, slots=True)
class HangUp:
    """突然断开连接，reset 为真时发 RST。"""

    reset: bool = False


Step = Head | Pause | Hold | HangUp | bytes
Steps = tuple[Step, ...]
