"""异常 -> 聊天里的一句话：唯一的一张表，每句都说清该怎么办。

表里的命令都写作 `/glm`，说出口时用 `as_typed` 换成这个机器人的写法。
"""

from __future__ import annotations

from ..exception import (
    AnswerTimeoutError,
    APIError,
    ArchiveError,
    AuthError,
    ClosingError,
    ContentFilteredError,
    ContextTooLongError,
    DailyQuotaError,
    EmptyAnswerError,
    GLMError,
    InvalidMessagesError,
    InvalidRequestError,
    MissingKeyError,
    ModelNotFoundError,
    NetworkError,
    ProtocolError,
    QueueFullError,
    QuotaError,
    RateLimitError,
    RefusedError,
    ServerError,
    StoreError,
)
from .amounts import amount, percent

COMMAND = "/glm"
"""句子里写的命令名；`COMMAND_START` 里没有斜线的机器人不是这样写。"""
BACK = "明天 0 点（北京时间）恢复。"

SENTENCES: dict[type[GLMError], str] = {
    MissingKeyError: "还没有密钥，请机器人的主人在 .env 中设置 GLM_API_KEY。",
    AuthError: "GLM 不认这个密钥，请机器人的主人检查 GLM_API_KEY 与 GLM_BASE_URL。",
    QuotaError: "GLM 的额度用完了，请机器人的主人充值、换用免费模型，"
    "或检查密钥与 GLM_BASE_URL 是否配套。",
    RateLimitError: "GLM 现在太忙，试了几次都没排上，请过一会儿再问。",
    ContentFilteredError: "GLM 认为内容不合适，没有回答，请换个说法。",
    ContextTooLongError: "对话太长了，已经缩短带上的历史，请再问一次；"
    "如果还不行，请把问题写短些或发送 /glm reset。",
    InvalidMessagesError: "GLM 不接受这段对话，请发送 /glm reset 后再问。",
    ModelNotFoundError: "这个模型不存在或不能用，请发送 /glm model 换一个，"
    "或请机器人的主人检查 GLM_MODEL 与 GLM_BASE_URL。",
    InvalidRequestError: "GLM 不接受这个请求，请机器人的主人看日志，检查设置。",
    ServerError: "GLM 那边出错了，请过一会儿再问。",
    NetworkError: "连不上 GLM 或中途断开了，请过一会儿再问；"
    "如果总是这样，请机器人的主人检查网络与 GLM_PROXY。",
    AnswerTimeoutError: "GLM 太久没有答完，这个提问作罢，请再问一次或把问题拆小。",
    ProtocolError: "GLM 的回应读不懂，请过一会儿再问；"
    "如果总是这样，请机器人的主人检查 GLM_BASE_URL。",
    EmptyAnswerError: "GLM 没有给出内容，请换个说法再问一次。",
    QueueFullError: "等着回答的提问太多了，这个没有排上，请过一会儿再问。",
    DailyQuotaError: f"今天的额度用完了，{BACK}",
    ClosingError: "机器人要重启了，这个提问没能答完，请过一会儿再问。",
    RefusedError: "这个提问被另一个插件拦下了，没有回答。",
    StoreError: "读不出这个会话的历史，请机器人的主人看日志，检查数据目录与磁盘。",
    ArchiveError: "这个文件不是导出的，或者坏了，什么也没有导入。",
}
"""异常类到句子的表；没有列出的子类用父类的。"""

UNDELIVERED = (
    "回答没能发出去，可能被平台拦下了。它还在，发送 /glm resend 可以再发一次。"
)
FOLDED = "回答有些长，在上面的聊天记录里。"
"""合并转发带不了引用，用它告诉提问的人。"""
TRUNCATED = "（回答到了长度上限，先到这里；可以说「继续」。）"
FALLBACK = "（原来的模型现在答不了，这是 {} 答的。）"
BROKEN = "（说到这里断了，发送 /glm retry 可以重新回答。）"
NOTED = "（记下了：{}）"
UNSAVED = "（这一轮没能存进历史，请机器人的主人检查磁盘空间与日志。）"
STILL_THINKING = "还在想，请稍等。"
UNEXPECTED = "出了意料之外的错，已经写进日志，请告诉机器人的主人；可以接着问别的。"
THOUGHT_TOO_LONG = (
    "模型把额度都用在思考上了，没来得及回答；"
    "请发送 /glm think off，或请机器人的主人调大 GLM_MAX_TOKENS。"
)
CLOCK_WRONG = "GLM 说令牌已过期，请机器人的主人校准时钟，或设置 GLM_AUTH=bearer。"
HISTORY_BLAMED = (
    "GLM 认为历史里有不合适的内容，已经清空本会话的历史，请再问一次；"
    "如果还不行，请看看 /glm memory 里有没有不合适的备忘。"
)
_WHOSE = {"user": "你", "group": "本群", "total": "机器人"}


def nearly_used_up(whose: str, used: int, most: int, unit: str) -> str:
    """额度快用完了：谁的、用了多少、何时恢复。"""
    share = percent(used, most)
    return (
        f"{_WHOSE[whose]}今天的额度用了 {share}"
        f"（{amount(used, unit)}，共 {amount(most, unit)}），{BACK}"
    )


def as_typed(sentence: str, command: str) -> str:
    """句子里的命令写成人打得出的样子。"""
    return sentence.replace(f"{COMMAND} ", f"{command} ")  # 路径里也可能有 /glm


def sentence_for(error: GLMError, *, detailed: bool, command: str = COMMAND) -> str:
    """一次失败对应的一句话。

    参数:
        error: 失败
        detailed: 是否附上业务码，只给超级用户
        command: 这个机器人的命令名，带前缀
    """
    if isinstance(error, RefusedError) and error.sentence:
        return error.sentence
    sentence = _special(error) or next(
        SENTENCES[cls] for cls in type(error).__mro__ if cls in SENTENCES
    )
    sentence = as_typed(sentence, command)
    if isinstance(error, QuotaError) and error.reset_at:
        sentence += f"额度将在 {error.reset_at}（北京时间）恢复。"
    if detailed and isinstance(error, APIError):
        sentence += f"（{error}）"
    return sentence


def _special(error: GLMError) -> str:
    if isinstance(error, DailyQuotaError) and error.whose in _WHOSE:
        most = amount(error.amount, error.unit)
        return f"{_WHOSE[error.whose]}今天的额度（{most}）用完了，{BACK}"
    if isinstance(error, EmptyAnswerError) and error.finish == "length":
        return THOUGHT_TOO_LONG
    if isinstance(error, AuthError) and error.code == "1003":
        return CLOCK_WRONG
    if isinstance(error, ContentFilteredError) and error.role == "history":
        return HISTORY_BLAMED
    return ""
