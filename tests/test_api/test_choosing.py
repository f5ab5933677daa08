"""依次问哪些模型：熔断的放后面，太挤就先问有空的后备，胜任不了的不问。"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nonebot_plugin_glm.api.choosing import Outlook, line_up
from nonebot_plugin_glm.api.models import ModelInfo, Needs, can_serve, model_info
from nonebot_plugin_glm.api.slots import Crowd

FIRST, SECOND, THIRD = "glm-4.7-flash", "glm-4-flash-250414", "glm-4.6"
NOTHING = Needs()


def looking(
    *broken: str, waiting: dict[str, int] | None = None, slots: int = 1
) -> Callable[[str], Outlook]:
    """哪些熔断着、哪些前面等着几个；没有人等的有空。"""

    def outlook(model: str) -> Outlook:
        ahead = (waiting or {}).get(model, 0)
        return Outlook(model in broken, Crowd(ahead, slots, room=not ahead))

    return outlook


@pytest.mark.parametrize(
    ("outlook", "expected"),
    [
        (looking(), [FIRST, SECOND, THIRD]),
        (looking(FIRST), [SECOND, THIRD, FIRST]),
        (looking(FIRST, SECOND), [THIRD, FIRST, SECOND]),
        (looking(FIRST, SECOND, THIRD), [FIRST, SECOND, THIRD]),
        (looking(waiting={FIRST: 1}), [FIRST, SECOND, THIRD]),
        (looking(waiting={FIRST: 2}), [SECOND, THIRD, FIRST]),
        (looking(waiting={FIRST: 2}, slots=2), [FIRST, SECOND, THIRD]),
        (looking(waiting={FIRST: 9, SECOND: 1}), [THIRD, FIRST, SECOND]),
        (looking(waiting={FIRST: 9, SECOND: 1, THIRD: 1}), [FIRST, SECOND, THIRD]),
        (looking(SECOND, waiting={FIRST: 9}), [THIRD, FIRST, SECOND]),
        (looking(SECOND, THIRD, waiting={FIRST: 9}), [FIRST, SECOND, THIRD]),
    ],
)
def test_order(outlook: Callable[[str], Outlook], expected: list[str]) -> None:
    """想问的那个总在其中。"""
    assert line_up(FIRST, [SECOND, FIRST, THIRD], NOTHING, outlook) == expected


def test_only_one() -> None:
    """没有后备，熔断了、再挤也还是问它。"""
    assert line_up(FIRST, [FIRST], NOTHING, looking(FIRST)) == [FIRST]
    crowded = looking(waiting={FIRST: 99})
    assert line_up(FIRST, [], NOTHING, crowded) == [FIRST]


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (NOTHING, [FIRST, SECOND, THIRD]),
        (Needs(thinking=True), [FIRST, THIRD]),
        (Needs(tokens=150_000), [FIRST, THIRD]),
        (Needs(tokens=500_000), [FIRST]),
    ],
)
def test_fallback_keeps_what_is_needed(needs: Needs, expected: list[str]) -> None:
    """不会思考的、装不下的不当后备，哪怕想问的熔断着。"""
    assert line_up(FIRST, [SECOND, THIRD], needs, looking()) == expected
    turned = line_up(FIRST, [SECOND, THIRD], needs, looking(FIRST))
    assert turned == [*expected[1:], FIRST]


def test_can_serve() -> None:
    """恰好满了就是装不下；不在目录里的照默认值。"""
    info = ModelInfo("x", context=100)
    assert can_serve(info, Needs(tokens=99, thinking=True))
    assert not can_serve(info, Needs(tokens=100))
    assert can_serve(model_info("自建的"), Needs(tokens=100_000, thinking=True))
