"""token 的估计：没有分词器可用，就由文字的样子估，再照 GLM 报告的用量修正。

每个模型有自己的一组权重：每条消息、每个汉字、每个拉丁字母、每个词、每个标点、每个表情
各值多少 token。每个回答都带着用量，拿它做一步递推的最小二乘，几轮之后就准了；
误差按比例计，短的提示与长的提示一样要紧。
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

Vector = tuple[float, ...]

_PRIOR: Vector = (6.0, 0.75, 0.12, 0.75, 0.5, 2.0)
"""还没有见过用量时的权重，宁多勿少。"""
_SPREAD: Vector = (4.0, 0.3, 0.1, 0.5, 0.4, 1.5)
"""各项权重可能差多少；不确定的程度从不超过它，久不见的文字也不会学歪。"""
_NOISE = 0.02
"""用量里估计不了的部分，与用量之比。"""
_DRIFT = 0.02
"""聊的话会变：每学一次，各项不确定的程度恢复这么多（与 `_SPREAD` 之比）。"""
_ABSURD = 5.0
"""与估计差这么多倍的用量不可信，不学。"""
_MODELS = 32
_UNMARKED = bytes(
    code for code in range(256) if code >= 128 or chr(code).isalnum() or code == 32
)
"""不算标点与换行的字节。"""


@dataclass(frozen=True, slots=True)
class Shape:
    """文字的样子。"""

    messages: int = 0
    wide: float = 0.0
    """汉字之类占三字节的字；占两字节的算半个"""
    narrow: float = 0.0
    """占一字节的字"""
    words: int = 0
    """空白隔开的词"""
    marks: int = 0
    """ASCII 的标点与换行"""
    astral: int = 0
    """表情之类占四字节的字"""

    @property
    def vector(self) -> Vector:
        """各项依次排列。"""
        return (
            self.messages,
            self.wide,
            self.narrow,
            self.words,
            self.marks,
            self.astral,
        )


def shape_of(*texts: str) -> Shape:
    """几条消息合起来的样子；只用整段的操作，不逐字看。"""
    whole = " ".join(texts)
    size, gaps = len(whole), max(len(texts) - 1, 0)
    octets = whole.encode("utf-8", "surrogatepass")
    words = len(whole.split())
    marks = len(octets.translate(None, _UNMARKED))
    if len(octets) == size:
        return Shape(len(texts), 0.0, size - gaps, words, marks)
    astral = len(whole.encode("utf-16-le", "surrogatepass")) // 2 - size
    wide = (len(octets) - size - 3 * astral) / 2
    narrow = size - astral - wide - gaps
    return Shape(len(texts), wide, narrow, words, marks, astral)


class TokenScale:
    """一个模型的权重。"""

    def __init__(self) -> None:
        self.learnt = 0
        """学过几次"""
        self._weights = list(_PRIOR)
        self._doubt = [
            [spread**2 if i == j else 0.0 for j in range(len(_SPREAD))]
            for i, spread in enumerate(_SPREAD)
        ]

    def estimate(self, shape: Shape) -> int:
        """这样的文字大约多少 token。"""
        return max(shape.messages, round(_dot(self._weights, shape.vector))) + 1

    def learn(self, shape: Shape, tokens: int) -> None:
        """这样的文字实际用了 `tokens`；不可信的不学。"""
        guess = _dot(self._weights, shape.vector)
        if tokens <= 0 or not tokens / _ABSURD < guess < tokens * _ABSURD:
            return
        self.learnt += 1
        self._relax()
        relative = [value / tokens for value in shape.vector]
        gain = [_dot(row, relative) for row in self._doubt]
        certainty = _dot(relative, gain) + _NOISE**2
        error = 1 - guess / tokens
        self._weights = [
            weight + g * error / certainty
            for weight, g in zip(self._weights, gain, strict=True)
        ]
        self._doubt = [
            [doubt - g * h / certainty for doubt, h in zip(row, gain, strict=True)]
            for row, g in zip(self._doubt, gain, strict=True)
        ]

    def _relax(self) -> None:
        for i, spread in enumerate(_SPREAD):
            eased = self._doubt[i][i] + (_DRIFT * spread) ** 2
            self._doubt[i][i] = min(eased, spread**2)


class TokenScales:
    """各模型的权重，只在内存里：重启后一两轮就又学会。"""

    def __init__(self) -> None:
        self._scales: OrderedDict[str, TokenScale] = OrderedDict()

    def of(self, model: str) -> TokenScale:
        """一个模型的权重。"""
        scale = self._scales.get(model)
        if scale is None:
            scale = self._scales[model] = TokenScale()
        self._scales.move_to_end(model)
        if len(self._scales) > _MODELS:
            self._scales.popitem(last=False)
        return scale


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(map(mul, first, second))
