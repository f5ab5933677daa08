"""窗口：裁得少而大，从不超过上限，总留下最后一轮。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nonebot_plugin_glm.conversation.window import WindowLimits, turns_to_drop

SIZES = st.lists(st.integers(1, 500), max_size=80)
LIMITS = st.builds(WindowLimits, st.integers(0, 60), st.integers(0, 5000))


def fits(sizes: Sequence[int], limits: WindowLimits) -> bool:
    """是否不超过上限。"""
    return len(sizes) <= limits.turns and sum(sizes) <= limits.tokens


@given(sizes=SIZES, limits=LIMITS)
@example(sizes=[], limits=WindowLimits(0, 0))
@example(sizes=[5, 5], limits=WindowLimits(1, 1))
def test_never_more_than_the_limits(sizes: list[int], limits: WindowLimits) -> None:
    """裁过之后不超过上限，除非只剩最后一轮；不是上限为零就不会一轮不剩。"""
    dropped = turns_to_drop(sizes, limits)
    kept = sizes[dropped:]
    assert 0 <= dropped <= len(sizes)
    assert fits(kept, limits) or len(kept) == 1
    assert bool(kept) == bool(sizes and limits.turns)


@given(sizes=SIZES, limits=LIMITS)
def test_drops_nothing_that_fits(sizes: list[int], limits: WindowLimits) -> None:
    """装得下就一轮也不裁，装不下就裁到一半以下。"""
    dropped = turns_to_drop(sizes, limits)
    kept = sizes[dropped:]
    if fits(sizes, limits):
        assert dropped == 0
    elif len(kept) > 1:
        assert len(kept) <= limits.turns // 2
        assert sum(kept) <= limits.tokens // 2


@given(sizes=SIZES, limits=LIMITS)
def test_keeps_as_much_as_half(sizes: list[int], limits: WindowLimits) -> None:
    """裁到一半就停：再多留一轮就会超过一半。"""
    dropped = turns_to_drop(sizes, limits)
    if dropped and limits.turns:
        more = sizes[dropped - 1 :]
        too_many = len(more) > max(1, limits.turns // 2)
        assert too_many or sum(more) > limits.tokens // 2


@given(sizes=SIZES, limits=LIMITS)
def test_trimming_twice_changes_nothing(sizes: list[int], limits: WindowLimits) -> None:
    """裁过的窗口不再裁，除非只剩一轮：两次提问之间开头不变。"""
    kept = sizes[turns_to_drop(sizes, limits) :]
    assert turns_to_drop(kept, limits) == 0


def sliding(sizes: Sequence[int], limits: WindowLimits) -> int:
    """别人的做法：每问一次裁到刚好装得下。"""
    dropped = 0
    while len(sizes) > 1 and not fits(sizes[dropped:], limits):
        dropped += 1
    return dropped


def repeated_share(
    trim: Callable[[Sequence[int], WindowLimits], int], limits: WindowLimits
) -> float:
    """三百轮里，提示中与上一次提示的开头重复的 token 占多少。"""
    sizes = [120 + n % 30 for n in range(300)]
    system, start, spans = 100, 0, []
    for now in range(300):
        start += trim(sizes[start:now], limits)
        spans.append((start, now))
    repeated = total = 0
    for (old_start, old_end), (start, end) in pairwise(spans):
        total += system + sum(sizes[start : end + 1])
        same = sizes[start : old_end + 1] if start == old_start else []
        repeated += system + sum(same[: old_end - start])
    return repeated / total


@pytest.mark.parametrize("limits", [WindowLimits(60, 24000), WindowLimits(1000, 8000)])
def test_prefix_repeats(limits: WindowLimits) -> None:
    """三百轮里九成以上的提示是重复的开头，滑动的窗口远远不如。"""
    assert repeated_share(turns_to_drop, limits) >= 0.9
    assert repeated_share(sliding, limits) < 0.5


def test_trims_rarely() -> None:
    """三百轮里裁剪不过十次，每次一大步。"""
    limits, held, steps = WindowLimits(60, 10**6), 0, []
    for _ in range(300):
        held += 1
        if dropped := turns_to_drop([10] * held, limits):
            steps.append(dropped)
            held -= dropped
    assert 1 < len(steps) <= 10
    assert min(steps) >= 30


@given(sizes=SIZES, limits=LIMITS)
def test_folds_before_it_must(sizes: list[int], limits: WindowLimits) -> None:
    """装不下之前就先快装满了：快装满的上限从不比真的上限大。"""
    nearly = limits.nearly()
    if not limits.holds(len(sizes), sum(sizes)):
        assert not nearly.holds(len(sizes), sum(sizes))
    assert turns_to_drop(sizes, nearly) >= turns_to_drop(sizes, limits)
