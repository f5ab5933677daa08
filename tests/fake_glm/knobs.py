"""假服务器的旋钮：测试随时可以改的全部设置。"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .faults import Error
from .scene import Completion, Scene
from .tokens import content_text

Answer = str | Callable[[dict[str, Any]], str]


def echo(body: dict[str, Any]) -> str:
    """默认的回答：复述用户最后一句话。"""
    return f"收到：{content_text(body['messages'][-1]['content'])}"


@dataclass(eq=False)
class Knobs:
    """全部设置及其默认值。"""

    answer: Answer = echo
    """固定的回答，或从请求体算出回答的函数。"""
    reasoning: str = "用户说了一句话，我想想怎么回答。"
    """思考开启时的思考内容。"""
    delay: float = 0.0
    """第一个字节之前的秒数。"""
    chunk_delay: float = 0.0
    """流中块与块之间的秒数。"""
    chunk_size: int = 4
    """流中每块的字符数。"""
    null_finish: bool = False
    """流中未结束的块带 finish_reason: null。"""
    usage_chunk: bool = False
    """流的用量改放在单独的 choices 为空的块里。"""
    concurrency: dict[str, int | None] = field(default_factory=dict)
    """每个密钥用各模型的并发上限，超过回 429/1302，没有或 None 表示不限。"""
    key_faults: dict[str, Error] = field(default_factory=dict)
    """各密钥的故障，如欠费；不消耗编排。"""
    busy: dict[str, float] = field(default_factory=dict)
    """各模型随机回 429/1305 的概率，0 到 1。"""
    context_limits: dict[str, int] = field(default_factory=dict)
    """按模型改写的上下文窗口，单位 token。"""

    clock_skew: float = 0.0
    """服务器的钟比本机快多少秒：看令牌与写 Date 头都照它。"""

    def write(self, body: dict[str, Any]) -> str:
        """按设置写出正文。"""
        return self.answer(body) if callable(self.answer) else self.answer

    def scene(self, completion: Completion, body: Mapping[str, Any]) -> Scene:
        """按设置与请求决定回答的送出方式。"""
        return Scene(
            completion=completion,
            stream=bool(body.get("stream")),
            chunk_size=self.chunk_size,
            chunk_delay=self.chunk_delay,
            null_finish=self.null_finish,
            usage_chunk=self.usage_chunk,
        )
