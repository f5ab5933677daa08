"""设置：一个请求值多少钱，每天至多花多少。"""

from __future__ import annotations

import re
from math import inf
from typing import Any

from nonebot.compat import field_validator
from pydantic import BaseModel

from .values import as_text

_PART = re.compile(r"[1-9]\d*(次|token)|(?=.*[1-9])\d+(\.\d{1,6})?元")
_PRICES = (
    '应写成 {"glm-5.3": [8, 28, 2]} 的样子：输入、输出、命中缓存的单价，元每百万 token'
)


class CostSettings(BaseModel):
    """价目与额度。"""

    glm_prices: dict[str, list[float]] = {}
    """另设的价格，JSON 对象：模型到输入、输出、命中缓存的单价，元每百万 token"""
    glm_quota_user: str = ""
    """一个人每天的额度，如 100次、500000token、5元，可用逗号写几项；空则不限"""
    glm_quota_group: str = ""
    """一个群每天的额度，写法同上"""
    glm_quota_total: str = ""
    """所有人每天合计的额度，写法同上；超级用户花的算在里面，但他不受限"""

    @field_validator("glm_prices", mode="before")
    @classmethod
    def _cost_prices(cls, value: Any) -> Any:
        if value == "":
            return {}
        if not isinstance(value, dict) or not all(map(_is_price, value.values())):
            raise ValueError(_PRICES)
        return value

    @field_validator(
        "glm_quota_user", "glm_quota_group", "glm_quota_total", mode="before"
    )
    @classmethod
    def _cost_text(cls, value: Any) -> Any:
        return as_text(value)

    @field_validator("glm_quota_user", "glm_quota_group", "glm_quota_total")
    @classmethod
    def _cost_quota(cls, value: str) -> str:
        parts = value.replace("，", ",").replace(" ", "").lower().split(",")
        given = [part for part in parts if part]
        if not all(map(_PART.fullmatch, given)):
            raise ValueError("应写成 100次、500000token、5元 的样子，几项之间用逗号")
        return ",".join(given)


def _is_price(value: Any) -> bool:
    """三个不小于零的数；JSON 里写得出无穷大，而它乘不出价钱。"""
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(number, int | float) for number in value)
        and all(0 <= number < inf for number in value)
    )
