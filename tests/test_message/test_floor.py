"""floor：一个群里机器人正对着谁说话。"""

from __future__ import annotations

import gc

from nonebot_plugin_glm.message.floor import FRESH, Floor


class Answer:
    """正在说的回答。"""


def test_floor_is_lost_to_others_and_to_time() -> None:
    """别的回答说了话、说了别的、隔得久了，都要重新说明是说给谁的。"""
    now = 0.0
    floor, first, second = Floor(lambda: now), Answer(), Answer()
    assert not floor.holds("群", first)
    floor.take("群", first)
    assert floor.holds("群", first)
    assert not floor.holds("别的群", first)
    now = FRESH
    assert not floor.holds("群", first)
    floor.take("群", first)
    floor.take("群", second)
    assert not floor.holds("群", first)
    floor.leave("群")
    assert not floor.holds("群", second)


def test_finished_answers_are_not_kept() -> None:
    """说完了的回答不占内存。"""
    floor = Floor()
    floor.take("群", Answer())
    gc.collect()
    assert not floor._speaking  # pyright: ignore[reportPrivateUsage]
