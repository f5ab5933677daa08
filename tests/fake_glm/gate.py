"""并发名额：按密钥与模型计数同时进行的对话请求。"""

from collections import Counter

Place = tuple[str, str]
"""密钥与模型。"""


class Slot:
    """一个名额，释放多次也只算一次。"""

    def __init__(self, gate: "Gate", whose: Place) -> None:
        self._gate = gate
        self._whose = whose
        self._held = True

    def release(self) -> None:
        """让出名额。"""
        if self._held:
            self._held = False
            self._gate.leave(self._whose)


class Gate:
    """发放名额并记住同时在场的最大数目。"""

    def __init__(self) -> None:
        self._inside: Counter[Place] = Counter()
        self.highest = 0

    @property
    def total(self) -> int:
        """此刻在场的请求数。"""
        return self._inside.total()

    def enter(self, whose: Place, limit: int | None) -> Slot | None:
        """取一个名额，已满时返回 None。"""
        if limit is not None and self._inside[whose] >= limit:
            return None
        self._inside[whose] += 1
        self.highest = max(self.highest, self.total)
        return Slot(self, whose)

    def leave(self, whose: Place) -> None:
        """归还一个名额。"""
        self._inside[whose] -= 1
