"""密钥给不出回答时搁置多久、为哪些模型搁置：纯粹的决定。

出处：docs.bigmodel.cn 的错误码页；恢复的时间只在说明的文字里，是北京时间。
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from ..domain import BEIJING
from ..exception import APIError, AuthError, GLMError, ModelNotFoundError, QuotaError
from .models import model_info


class Reach(str, Enum):
    """一次搁置管到哪里。"""

    KEY = "key"
    """整个密钥"""
    PAID = "paid"
    """收费的模型：欠费的密钥仍能用免费的"""
    MODEL = "model"
    """一个模型：套餐里没有它"""


@dataclass(frozen=True, slots=True)
class ParkingTimes:
    """说明里没有恢复的时间时搁置多久；单位秒。"""

    refused: float = 3600.0
    """无效、停用、没有权限"""
    exhausted: float = 900.0
    """欠费、额度用完：充值之后不必等太久"""


@dataclass(frozen=True, slots=True, eq=False)
class Parking:
    """一次搁置。"""

    error: APIError
    until: float
    """到这一刻再试，Unix 秒"""
    reach: Reach
    model: str
    """被拒绝的那个模型"""

    def covers(self, model: str | None) -> bool:
        """这个模型是否也搁置；`None` 是说密钥本身。"""
        if self.reach is Reach.KEY:
            return True
        if model is None:
            return False
        if self.reach is Reach.MODEL:
            return model == self.model
        return not model_info(model).free


@dataclass(frozen=True, slots=True)
class KeyParked:
    """一个密钥刚被搁置；它恢复之前不再说第二遍。"""

    number: int
    """第几个"""
    total: int
    """一共几个"""
    usable: int
    """还有几个可用"""
    parking: Parking


ParkingReport = Callable[[KeyParked], None]


def parking_for(
    error: GLMError, model: str, now: float, times: ParkingTimes
) -> Parking | None:
    """为这次失败该怎样搁置密钥，`None` 为不怪密钥。

    参数:
        error: 失败
        model: 问的是哪个模型
        now: Unix 秒
        times: 搁置多久
    """
    if isinstance(error, QuotaError):
        until = _reset_time(error.reset_at)
        if until is None or until <= now:
            until = now + times.exhausted
        return Parking(error, until, _quota_reach(error.code, model), model)
    if isinstance(error, AuthError):
        reach = Reach.MODEL if error.code == "1220" else Reach.KEY
        return Parking(error, now + times.refused, reach, model)
    if isinstance(error, ModelNotFoundError) and error.code == "1311":
        return Parking(error, now + times.refused, Reach.MODEL, model)
    return None


def beijing_time(moment: float) -> str:
    """一刻的北京时间，给人看的写法。"""
    return datetime.fromtimestamp(moment, BEIJING).strftime("%m-%d %H:%M")


def _quota_reach(code: str, model: str) -> Reach:
    if code == "1304":  # 只是这个接口今天的次数用完了
        return Reach.MODEL
    if code == "1113" and not model_info(model).free:
        return Reach.PAID
    return Reach.KEY


def _reset_time(text: str) -> float | None:
    try:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None
    return moment.timestamp()
