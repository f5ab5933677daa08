"""可以编排给假服务器的故障：每种都是一个值，由 staging 解释成字节与停顿。"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .codes import OFFICIAL, message_of, status_of


class Missing(enum.Enum):
    """表示整个键都不出现的哨兵类型。"""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
"""给 Content 用：消息里没有 content 键。"""

CODES: Final = tuple(OFFICIAL)
"""全部已知错误码，供参数化测试使用。"""


@dataclass(frozen=True, slots=True)
class Ok:
    """正常回答，text 为空时用 glm.answer。"""

    text: str | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """普通的 HTTP 错误：{"error":{"code","message"}}。"""

    status: int
    code: str | int | None
    """业务错误码，None 表示不带 code 键。"""
    message: str | None = None
    """文案，None 表示用官方文案。"""
    headers: Mapping[str, str] | None = None
    extra: Mapping[str, object] | None = None
    """放在最外层的其他键，例如 request_id。"""
    numeric: bool = False
    """错误码以数字而不是字符串发出。"""

    @classmethod
    def of(cls, code: str | int, message: str | None = None) -> "Error":
        """用错误码表里的状态码造一个错误。"""
        return cls(status_of(str(code)), code, message)

    def text(self) -> str:
        """实际发出的文案。"""
        if self.message is not None:
            return self.message
        return message_of("500" if self.code is None else str(self.code))


@dataclass(frozen=True, slots=True)
class Flat:
    """扁平的错误，默认配 HTTP 200：{"code","msg","success":false}。"""

    code: int
    status: int = 200


@dataclass(frozen=True, slots=True)
class ErrorIn200:
    """HTTP 200 里装着 error。"""

    code: str | int


@dataclass(frozen=True, slots=True)
class Filtered:
    """内容安全拦截 1301，带 contentFilter。"""

    role: str = "user"
    level: int = 1
    status: int = 400


@dataclass(frozen=True, slots=True)
class Html:
    """网关的 HTML 错误页。"""

    status: int = 502


@dataclass(frozen=True, slots=True)
class TruncatedJson:
    """完整送达、但 JSON 只有一半的正文，流式时是半个数据帧后正常结束。"""


@dataclass(frozen=True, slots=True)
class EmptyChoices:
    """choices 为空列表的成功响应。"""


@dataclass(frozen=True, slots=True)
class Content:
    """content 是任意 JSON 值的成功响应，MISSING 表示没有这个键。"""

    value: object
    finish: str = "stop"


@dataclass(frozen=True, slots=True)
class Finish:
    """以指定的 finish_reason 结束。"""

    reason: str
    text: str = "说到一半的回答"


@dataclass(frozen=True, slots=True)
class CutStream:
    """发出若干块后连接突然断开。"""

    chunks: int = 2


@dataclass(frozen=True, slots=True)
class SilentEOF:
    """发出若干块后正常关闭，没有 finish_reason 也没有 [DONE]。"""

    chunks: int = 2


@dataclass(frozen=True, slots=True)
class BrokenFrame:
    """流中间有一个被截断的数据帧，之后照常继续。"""

    chunks: int = 2


@dataclass(frozen=True, slots=True)
class StreamError:
    """发出若干块后来一个 error 帧并结束，非流式时同 ErrorIn200。"""

    code: str | int
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class Stall:
    """发出响应头与若干块后沉默若干秒，之后照常继续。"""

    seconds: float
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class Slow:
    """响应头之前等待若干秒。"""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """响应头之前 TCP 连接被重置。"""


@dataclass(frozen=True, slots=True)
class BadBytes:
    """正文里有不合法的 UTF-8 字节：每个「坏」字换成三个。"""

    text: str = "前半句，坏，后半句"


@dataclass(frozen=True, slots=True)
class Raw:
    """原样发出的响应。"""

    status: int
    body: bytes
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """要用函数工具：每项是名字与参数的 JSON 文本，可以先说一段正文。"""

    calls: tuple[tuple[str, str], ...]
    text: str = ""
    pieces: int = 1
    """流中每个调用的参数分几块，1 是不带 tool_stream 时的样子"""


@dataclass(frozen=True, slots=True)
class Huge:
    """指定字符数的巨大回答，不受 max_tokens 限制。"""

    size: int


Fault = (
    Ok | Error | Flat | ErrorIn200 | Filtered | Html | TruncatedJson | EmptyChoices
    | Content | Finish | CutStream | SilentEOF | BrokenFrame | StreamError | Stall
    | Slow | Reset | BadBytes | Raw | Huge | ToolCalls
)  # fmt: skip
"""全部故障的并集类型。"""
