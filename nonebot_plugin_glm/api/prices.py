"""价目：一次请求值多少钱。纯函数，钱以百万分之一元计，都是整数。

出处：docs.bigmodel.cn 的价格页（2026-09 至 2026-10）。价格随时会变，所以可以另设；
不在价目里的模型（价格页已撤下的、自建的）不知道多少钱，算作零，由看账的人说明。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..domain import Usage
from .models import CATALOGUE

_LONG, _SHORT = 32_000, 200
"""输入从多少 token 起、输出到多少 token 为止，换一档价。"""
_ANY = 1 << 62


@dataclass(frozen=True, slots=True)
class Price:
    """一档单价，单位元每百万 token；依次试，第一个合适的算数。"""

    prompt: float
    completion: float
    cached: float
    """命中缓存的输入"""
    prompt_below: int = _ANY
    completion_below: int = _ANY

    def fits(self, usage: Usage) -> bool:
        """这次请求是不是这一档。"""
        return (
            usage.prompt_tokens < self.prompt_below
            and usage.completion_tokens < self.completion_below
        )

    def cost(self, usage: Usage) -> int:
        """这次请求的价钱，百万分之一元；单价取到厘，乘完才舍入。"""
        cached = min(usage.cached_tokens, usage.prompt_tokens)
        thousandths = (
            (usage.prompt_tokens - cached) * round(self.prompt * 1000)
            + cached * round(self.cached * 1000)
            + usage.completion_tokens * round(self.completion * 1000)
        )
        return (thousandths + 500) // 1000


_FREE = (Price(0, 0, 0),)

PRICES: dict[str, tuple[Price, ...]] = {
    "glm-5.3": (Price(8, 28, 2),),
    "glm-5.3-flash": (Price(0.8, 2.8, 0.23),),
    "glm-5.3-flashx": (Price(2, 7, 0.57),),
    "glm-5.2": (Price(8, 28, 2),),
    "glm-5.1": (Price(6, 24, 1.3, _LONG), Price(8, 28, 2)),
    "glm-5-turbo": (Price(5, 22, 1.2, _LONG), Price(7, 26, 1.8)),
    "glm-5": (Price(4, 18, 1, _LONG), Price(6, 22, 1.5)),
    "glm-4.7": (
        Price(2, 8, 0.4, _LONG, _SHORT),
        Price(3, 14, 0.6, _LONG),
        Price(4, 16, 0.8),
    ),
    "glm-4.7-flashx": (Price(0.5, 3, 0.1),),
    "glm-4.5-air": (
        Price(0.8, 2, 0.16, _LONG, _SHORT),
        Price(0.8, 6, 0.16, _LONG),
        Price(1.2, 8, 0.24),
    ),
    "glm-4-flashx-250414": (Price(0.1, 0.1, 0.05),),
    "glm-4-long": (Price(1, 1, 0.5),),
    "glm-4-plus": (Price(5, 5, 2.5),),
    "glm-4-air-250414": (Price(0.5, 0.5, 0.25),),
    "glm-4-airx": (Price(10, 10, 10),),
    "glm-5v-turbo": (Price(5, 22, 1.2, _LONG), Price(7, 26, 1.8)),
    "glm-4.6v": (Price(1, 3, 0.2, _LONG), Price(2, 6, 0.4)),
    "glm-4.6v-flashx": (Price(0.15, 1.5, 0.03, _LONG), Price(0.3, 3, 0.03)),
    "glm-4.5v": (Price(2, 6, 0.4, _LONG), Price(4, 12, 0.8)),
    "glm-4.1v-thinking-flashx": (Price(2, 2, 2),),
    **{info.id: _FREE for info in CATALOGUE.values() if info.free},
}
"""模型到各档单价；没有缓存价的按原价。"""


class PriceList:
    """价目，加上主人另设的。

    参数:
        overrides: 模型到三个单价：输入、输出、命中缓存的输入，元每百万 token
    """

    def __init__(self, overrides: Mapping[str, Iterable[float]] | None = None) -> None:
        self._prices = dict(PRICES)
        for model, (prompt, completion, cached) in (overrides or {}).items():
            self._prices[model.lower()] = (Price(prompt, completion, cached),)

    def knows(self, model: str) -> bool:
        """知不知道这个模型的价格。"""
        return model.lower() in self._prices

    def cost(self, model: str, usage: Usage) -> int:
        """一次请求的价钱，百万分之一元；不知道的是零。"""
        tiers = self._prices.get(model.lower(), _FREE)
        return next(price for price in tiers if price.fits(usage)).cost(usage)
