"""两个机器人互相回话会没完没了：认出来就先歇一阵，没有人理它也就停了。

群里一个人接连快得不像人，又总是同一句话、学我们的话，或快得连字都打不完，
才算机器人；十分钟里没有歇过手的也算。写脚本逐句问不同的话、在私聊里连着问，都不算。
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

ENOUGH = 30
"""攒够这么多分就算机器人。"""
COOLDOWN = 300.0
"""认定之后多少秒不理。"""
_SCORE, _INSTANT_SCORE = 3, 1
_INSTANT = 0.3
"""这么多秒之内连模型也来不及写：要么是自动回复，要么是脚本。"""
_REACTION, _TYPING = 1.5, 5.0
"""人看到回答再动手至少要的秒数，一秒至多打几个字；粘贴的也许更快，但不会总是这样。"""
_LONGEST = 20.0
"""再长的话也不算要打这么久以上：那是粘贴的。"""
_TIRELESS, _STRETCH = 60, 600.0
"""这么多秒里问了这么多次，人也做不到：话短的、抢着回的机器人靠它认出。"""
_ECHO = 8
"""学了我们几个字以上才算学话。"""
_MOST = 1000


@dataclass(slots=True)
class _Exchange:
    answered_at: float = 0.0
    answer: str = ""
    text: str = ""
    score: int = 0
    asked: deque[float] = field(default_factory=lambda: deque(maxlen=_TIRELESS))
    """最近几次是何时问的"""
    ignored_until: float = 0.0


class LoopBreaker:
    """每个人上次得到回答是什么时候、像不像机器人。"""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._exchanges: OrderedDict[Hashable, _Exchange] = OrderedDict()

    def answered(self, who: Hashable, answer: str) -> None:
        """刚回答了他。"""
        if (exchange := self._exchanges.get(who)) is None:
            exchange = self._exchanges[who] = _Exchange()
        exchange.answered_at, exchange.answer = self._clock(), answer[:200].strip()
        self._exchanges.move_to_end(who)
        if len(self._exchanges) > _MOST:
            self._exchanges.popitem(last=False)

    def is_loop(self, who: Hashable, text: str, *, hearing: bool = False) -> bool:
        """他现在说的这句是不是又一轮没完没了；`hearing` 是我们的话还没有说完。"""
        exchange = self._exchanges.get(who)
        if exchange is None:
            return False
        now = self._clock()
        if now < exchange.ignored_until:
            return True
        change = _SCORE if hearing else self._score(exchange, text, now)
        exchange.score = max(0, exchange.score + change)
        if not exchange.asked or now - exchange.asked[-1] >= _INSTANT:
            exchange.asked.append(now)
        exchange.answered_at, exchange.text = 0.0, text
        many = len(exchange.asked) == _TIRELESS
        tireless = many and now - exchange.asked[0] < _STRETCH
        if exchange.score < ENOUGH and not tireless:
            return False
        exchange.score, exchange.ignored_until = 0, now + COOLDOWN
        exchange.asked.clear()
        return True

    @staticmethod
    def _score(exchange: _Exchange, text: str, now: float) -> int:
        if not exchange.answered_at:  # 还没有回答上一句：说不上快慢
            return 0
        gap = now - exchange.answered_at
        if gap >= min(_REACTION + len(text) / _TYPING, _LONGEST):
            return -_SCORE
        if gap >= _INSTANT:
            return _SCORE
        echo = len(exchange.answer) >= _ECHO and exchange.answer in text
        return _INSTANT_SCORE if echo or text == exchange.text else 0
