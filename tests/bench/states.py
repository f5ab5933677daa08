"""用了多久的数据库：几个会话、各几轮、多大、今天记了几笔账。"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST = 1000
"""头一个人的号，也是头一个群的号。"""
PEOPLE = 30
SHORT, WINDOW = 5, 100
QUOTAS = {"GLM_QUOTA_GROUP": "1000000次"}
ALL_QUOTAS = {**QUOTAS, "GLM_QUOTA_USER": "1000000次", "GLM_QUOTA_TOTAL": "1000000次"}


@dataclass(frozen=True)
class State:
    """一个数据库，与在其中怎么问。"""

    name: str
    against: str = ""
    """与哪一个相比"""
    conversations: int = 0
    """先前有几个私聊"""
    turns: int = 0
    """各有几轮"""
    size: int = 0
    """至少多少字节"""
    window: int = SHORT
    """窗口里留几轮"""
    chars: int = 60
    """一个回答多少字"""
    today: int = 0
    """今天的账上有几笔"""
    in_groups: bool = False
    settings: dict[str, str] = field(default_factory=dict[str, str], hash=False)

    @property
    def people(self) -> int:
        """轮着问的有几个人（群）。"""
        return min(self.conversations or PEOPLE, PEOPLE)


def states(share: float) -> tuple[State, ...]:
    """要比的几个；多的、大的缩小到 `share`。"""

    def part(whole: float) -> int:
        return max(1, round(whole * share))

    def long(turns: int, people: int = PEOPLE, against: str = "第 10 轮") -> State:
        name = f"第 {turns} 轮" + ("" if people == PEOPLE else "（一个会话）")
        return State(name, against, people, turns, window=WINDOW)

    new, wordy = "新的数据库", "三十个会话，回答长十倍"
    quota, few = "群的额度，今天一笔", "第 10 轮"
    today = part(20_000)
    return (
        State(new),
        State(f"{part(10_000)} 个会话", new, part(10_000), 3),
        State(wordy, new, PEOPLE, SHORT, chars=600),
        State(f"{part(1024)} MB", wordy, part(10_000), size=part(2**30), chars=600),
        State(few, conversations=PEOPLE, turns=10, window=WINDOW),
        long(150),
        long(1000),
        long(part(5000), 1, "第 150 轮"),
        State(quota, new, today=1, in_groups=True, settings=QUOTAS),
        State(
            f"群的额度，今天 {today} 笔",
            quota,
            today=today,
            in_groups=True,
            settings=QUOTAS,
        ),
        State(
            f"三种额度，今天 {today} 笔",
            quota,
            today=today,
            in_groups=True,
            settings=ALL_QUOTAS,
        ),
    )
