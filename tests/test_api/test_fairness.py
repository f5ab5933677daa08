"""公平的队伍：各家轮流，一家之内先来先走。"""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nonebot_plugin_glm.api.fairness import FairQueue

Names = st.lists(st.sampled_from("甲乙丙丁"), max_size=12)


def queue_of(names: list[str]) -> FairQueue[int]:
    """按这个次序来的人，编号是来的先后。"""
    queue: FairQueue[int] = FairQueue()
    for number, whose in enumerate(names):
        queue.push(whose, number)
    return queue


def drained(queue: FairQueue[int]) -> list[int]:
    """走的次序。"""
    return [queue.pop() for _ in range(len(queue))]


def test_turns_are_taken() -> None:
    """甲连着来了四个，乙与丙各来一个：乙、丙只等甲的一个。"""
    assert drained(queue_of(list("甲甲甲甲乙丙"))) == [0, 4, 5, 1, 2, 3]


@given(Names)
def test_everyone_leaves_once(names: list[str]) -> None:
    """一个不少、一个不多；一家之内先来先走；一家走两个之间，等着的别家都走过一个。"""
    queue = queue_of(names)
    order = []
    while queue:
        whose, item = queue.head()
        assert queue.pop() == item
        assert names[item] == whose
        order.append(item)
    assert sorted(order) == list(range(len(names)))
    for whose in set(names):
        mine = [item for item in order if names[item] == whose]
        assert mine == sorted(mine)
        for first, second in pairwise(mine):
            start, end = order.index(first), order.index(second)
            waiting = {names[item] for item in order[start:]}
            assert waiting <= {names[item] for item in order[start:end]}


@given(Names, st.sampled_from("甲乙丙丁戊"))
def test_ahead(names: list[str], whose: str) -> None:
    """`ahead` 说的，就是再来一个时真的走在它前面的个数。"""
    queue = queue_of(names)
    ahead = queue.ahead(whose)
    queue.push(whose, -1)
    assert drained(queue).index(-1) == ahead


@given(Names, st.data())
def test_remove(names: list[str], data: st.DataObject) -> None:
    """等不及的走了，别人都还在；走了的再走一次不要紧。"""
    queue = queue_of(names)
    gone = data.draw(st.sets(st.integers(0, 11)))
    for item in sorted(gone):
        whose = names[item] if item < len(names) else "戊"
        queue.remove(whose, item)
        queue.remove(whose, item)
    left = [item for item in range(len(names)) if item not in gone]
    assert len(queue) == len(left)
    assert sorted(drained(queue)) == left
