"""几个密钥：用哪一个，给不出回答的怎样搁置、何时再试。"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count

from ..exception import GLMError, MissingKeyError
from .auth import Authenticator, AuthMode
from .parking import (
    KeyParked,
    Parking,
    ParkingReport,
    ParkingTimes,
    Reach,
    parking_for,
)

_MOST_HOMES = 1000
"""记着这么多人各用哪个密钥，再多就忘记最早的。"""


@dataclass(slots=True, eq=False)
class Key:
    """一个密钥，与它此刻的境况。"""

    number: int
    """第几个，从 1 数起；说起它时只说这个"""
    auth: Authenticator
    in_flight: int = 0
    """有多少个请求在途"""
    parkings: dict[tuple[Reach, str], Parking] = field(default_factory=dict)
    """各次搁置；到时间了也留着，直到它又答得出"""

    def parked_until(self, model: str | None) -> float:
        """为这个模型搁置到何时，没有搁置是 0。"""
        covering = (p.until for p in self.parkings.values() if p.covers(model))
        return max(covering, default=0.0)


class KeyPool:
    """几个密钥；一个也没有时为假。

    参数:
        keys: 密钥，空的与重复的不算
        mode: 认证方式
        clock: 返回 Unix 秒
        times: 搁置多久
        on_parked: 搁置一个密钥时告诉它
    """

    def __init__(
        self,
        keys: Sequence[str],
        mode: AuthMode = "auto",
        clock: Callable[[], float] = time.time,
        times: ParkingTimes | None = None,
        on_parked: ParkingReport = lambda parked: None,
    ) -> None:
        distinct = filter(None, dict.fromkeys(keys))
        self._keys = tuple(
            Key(number, Authenticator(key, mode, clock))
            for number, key in enumerate(distinct, 1)
        )
        self._clock = clock
        self._times = times or ParkingTimes()
        self._on_parked = on_parked
        self._turns = count()
        self._homes: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def secrets(self) -> tuple[str, ...]:
        """所有密钥与令牌，不可出现在任何文本里。"""
        return tuple(secret for key in self._keys for secret in key.auth.secrets)

    def usable(self, model: str | None) -> Sequence[Key]:
        """能用这个模型的密钥；都搁置了就是最早到期的一个：没有问过就不拒绝。

        异常:
            MissingKeyError: 一个密钥也没有
        """
        if not self._keys:
            raise MissingKeyError("没有设置 GLM_API_KEY")
        if not any(key.parkings for key in self._keys):
            return self._keys
        return self._healthy(model) or [self._soonest(model)]

    def choices(self, model: str, whose: Hashable) -> Sequence[Key]:
        """能用的密钥，从该先用的起。

        同一处的提问尽量用同一个密钥，GLM 的缓存才能命中；各处轮流分到各个密钥上。

        参数:
            model: 问的是哪个模型
            whose: 谁的提问，`None` 则轮流
        """
        keys = self.usable(model)
        if len(keys) < 2:
            return keys
        first = self._home(whose) % len(keys)
        return [*keys[first:], *keys[:first]]

    def spare(self, model: str, error: GLMError) -> bool:
        """这次失败怪密钥，而且还有别的密钥能用这个模型。"""
        if len(self._keys) < 2 or not self._blames_key(error, model):
            return False
        return bool(self._healthy(model))

    def verdict(self, model: str, error: GLMError) -> GLMError:
        """该报告的失败：密钥都搁置了时，是最早到期的那个的。"""
        several = len(self._keys) > 1 and self._blames_key(error, model)
        if not several or self._healthy(model):
            return error
        key = self._soonest(model)
        covering = [p for p in key.parkings.values() if p.covers(model)]
        latest = max(covering, key=lambda p: p.until, default=None)
        return latest.error.with_traceback(None) if latest else error

    def failed(self, key: Key, model: str, error: GLMError) -> None:
        """用这个密钥失败了：怪它就搁置，第一次时告诉 `on_parked`。"""
        parking = parking_for(error, model, self._clock(), self._times)
        if parking is None:
            return
        tag = (parking.reach, model if parking.reach is Reach.MODEL else "")
        known = tag in key.parkings
        key.parkings[tag] = parking
        if not known:
            usable = len(self._healthy(model))
            self._on_parked(KeyParked(key.number, len(self), usable, parking))

    def succeeded(self, key: Key, model: str, before: Sequence[Parking]) -> None:
        """用这个密钥答出来了，它恢复了。

        参数:
            key: 密钥
            model: 答的模型
            before: 提问之前的各次搁置；问的时候才搁置的，这个回答说明不了什么
        """
        if key.parkings:
            key.parkings = {
                tag: parking
                for tag, parking in key.parkings.items()
                if parking not in before or not parking.covers(model)
            }

    def parked(self) -> list[tuple[int, Parking]]:
        """此刻搁置着的：第几个，为什么；只是缺一个模型的不算。"""
        now = self._clock()
        return [
            (key.number, parking)
            for key in self._keys
            for parking in key.parkings.values()
            if parking.until > now and parking.reach is not Reach.MODEL
        ]

    def _healthy(self, model: str | None) -> Sequence[Key]:
        now = self._clock()
        return [key for key in self._keys if key.parked_until(model) <= now]

    def _soonest(self, model: str | None) -> Key:
        return min(self._keys, key=lambda key: key.parked_until(model))

    def _blames_key(self, error: GLMError, model: str) -> bool:
        return parking_for(error, model, 0.0, self._times) is not None

    def _home(self, whose: Hashable) -> int:
        if whose is None:
            return next(self._turns)
        if whose not in self._homes:
            if len(self._homes) >= _MOST_HOMES:
                self._homes.pop(next(iter(self._homes)))
            self._homes[whose] = next(self._turns)
        return self._homes[whose]
