"""异常。

类名说的是「人能做什么」，各自携带数据；文本里从不出现密钥、签名或任何人说的话。

```text
GLMError
├── MissingKeyError          没有设置密钥
├── APIError                 GLM 拒绝了请求（HTTP 状态、业务码）
│   ├── AuthError            密钥无效、过期或无权限
│   ├── QuotaError           余额或套餐用完（可能带恢复时间）
│   ├── RateLimitError       并发过高或模型过载，稍后可再试
│   ├── ContentFilteredError 内容安全拦截（带是谁的内容）
│   ├── ContextTooLongError  提示超过模型的上下文
│   ├── InvalidMessagesError 消息序列不被接受
│   ├── ModelNotFoundError   模型不存在或不可用
│   ├── InvalidRequestError  参数不被接受
│   └── ServerError          GLM 内部错误
├── NetworkError             连不上、断开或读超时
├── AnswerTimeoutError       整个提问超过时限
├── ProtocolError            读不懂的回应
├── EmptyAnswerError         回答里没有内容
├── StoreError               历史读不出或写不进
├── ArchiveError             要导入的文件不对
├── QueueFullError           会话里等着的提问太多
├── DailyQuotaError          今天的额度用完（GLM_QUOTA_USER 等设置）
├── ClosingError             正在关机，没能答完
├── RefusedError             别的插件不许回答（带说给人听的一句话）
└── StoppedError             提问被中止（/glm stop、/glm reset、撤回）
```
"""

from __future__ import annotations


class GLMError(Exception):
    """本插件所有异常的根。"""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class MissingKeyError(GLMError):
    """没有设置 GLM_API_KEY 时，在发出任何请求之前抛出。"""


class APIError(GLMError):
    """GLM 以错误回应时抛出。

    参数:
        status, code: HTTP 状态码与业务码，没有业务码时为空串
        detail: 上游的说明，已抹去密钥，最长 200 字；只进日志，不进异常文本
        retry_after: 上游要求等待的秒数，没有说是 `None`
    """

    def __init__(
        self,
        status: int,
        code: str = "",
        detail: str = "",
        *,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"HTTP {status}" + (f"，业务码 {code}" if code else ""))
        self.status = status
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class AuthError(APIError):
    """密钥无效、过期、被停用或没有权限时抛出。"""


class QuotaError(APIError):
    """余额或套餐用完时抛出；重试无益。

    `reset_at` 是恢复时间（北京时间，`YYYY-MM-DD HH:MM:SS`），不知道时为空串。
    """

    def __init__(
        self, status: int, code: str = "", detail: str = "", *, reset_at: str = ""
    ) -> None:
        super().__init__(status, code, detail)
        self.reset_at = reset_at


class RateLimitError(APIError):
    """并发过高或模型过载时抛出；稍后可再试。"""


class ContentFilteredError(APIError):
    """内容安全拦截时抛出；`role` 是 `user`、`assistant`、`history` 或空串。"""

    def __init__(
        self, status: int, code: str = "", detail: str = "", *, role: str = ""
    ) -> None:
        super().__init__(status, code, detail)
        self.role = role


class ContextTooLongError(APIError):
    """提示超过模型的上下文时抛出；裁短窗口后可再试。"""


class InvalidMessagesError(APIError):
    """消息序列不被接受时抛出；重建序列后可再试。"""


class ModelNotFoundError(APIError):
    """模型不存在、已下线或套餐不含它时抛出。"""


class InvalidRequestError(APIError):
    """其他参数不被接受时抛出；原样重试无益。"""


class ServerError(APIError):
    """GLM 内部错误时抛出；稍后可再试。"""


class NetworkError(GLMError):
    """连不上、连接断开或读超时时抛出；文本只有原因的类名。

    `silent` 说明连上了、问了，而 GLM 没有回音。
    """

    def __init__(self, reason: str = "", *, silent: bool = False) -> None:
        super().__init__(reason)
        self.silent = silent


class AnswerTimeoutError(GLMError):
    """整个提问超过 GLM_TIMEOUT 时抛出。"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"超过 {seconds:g} 秒")
        self.seconds = seconds


class ProtocolError(GLMError):
    """回应不是约定的样子（坏 JSON、缺 choices、断流）时抛出。"""


class EmptyAnswerError(GLMError):
    """回答里没有可见内容时抛出；`finish` 为 `length` 说明思考用完了额度。"""

    def __init__(self, finish: str = "") -> None:
        super().__init__(finish or "空回答")
        self.finish = finish


class StoreError(GLMError):
    """历史读不出或写不进时抛出；文本只有缘由，没有数据。"""


class ArchiveError(GLMError):
    """要导入的文件不对时抛出；文本说第几行、怎么不对，没有它的内容。"""


class QueueFullError(GLMError):
    """会话里等着的提问太多、新的排不进去时抛出。"""


class DailyQuotaError(GLMError):
    """今天的额度用完、北京时间零点恢复时抛出。

    参数:
        whose: 谁的：`user`、`group` 或 `total`
        amount, unit: 额度与 `次`、`token` 或 `元`，元以百万分之一计
        day: 哪一天的，如 `2026-11-25`
    """

    def __init__(
        self, whose: str, amount: int = 0, unit: str = "", day: str = ""
    ) -> None:
        super().__init__(f"{day} {whose} 的额度用完")
        self.whose = whose
        self.amount = amount
        self.unit = unit
        self.day = day


class ClosingError(GLMError):
    """正在关机，提问没能答完时抛出；再启动之后可再问。"""


class RefusedError(GLMError):
    """`before_answer` 的钩子不许回答时抛出；`sentence` 说给人听，空串是通常的一句。"""

    def __init__(self, sentence: str = "") -> None:
        super().__init__("被别的插件拦下")  # 那一句也许引着人的话，不放进来
        self.sentence = sentence


class StoppedError(GLMError):
    """提问被 `/glm stop`、`/glm reset` 或撤回中止时抛出；聊天里不必再说什么。"""
