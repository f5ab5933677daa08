"""依次问哪些模型：纯粹的决定。"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .models import Needs, can_serve, model_info
from .slots import Crowd

PATIENT_ROUNDS = 2
"""前面等着的不到这么多轮（一轮是同时能答的个数）就等，否则先问有空的后备。

免费的默认模型一次只答一个（glm-4.7-flash），答一个要几秒到十几秒：排第三个就要等半分钟，
不如马上由另一个模型来答。各家轮流，所以挤到后备去的是问得多的那一家自己的提问。
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """此刻问一个模型会怎样。"""

    open: bool
    """熔断着"""
    crowd: Crowd

    @property
    def crowded(self) -> bool:
        """是否挤得不如去问后备。"""
        return self.crowd.ahead >= PATIENT_ROUNDS * self.crowd.slots


def line_up(
    model: str,
    fallback_models: Iterable[str],
    needs: Needs,
    outlook: Callable[[str], Outlook],
) -> list[str]:
    """依次问哪些模型；想问的那个总在其中，胜任不了的后备不在。

    参数:
        model: 想问的模型
        fallback_models: 后备，从先到后
        needs: 这个提问要模型会什么
        outlook: 此刻问一个模型会怎样
    """
    others = [m for m in dict.fromkeys(fallback_models) if m != model]
    able = [m for m in others if can_serve(model_info(m), needs)]
    if not able:
        return [model]
    wanted = outlook(model)
    if not wanted.open and not wanted.crowded:
        return [model, *able]
    seen = {model: wanted, **{m: outlook(m) for m in able}}
    if wanted.open:
        return sorted(seen, key=lambda m: seen[m].open)
    return sorted(seen, key=lambda m: seen[m].open or not seen[m].crowd.room)
