"""系统提示里的占位：机器人的名字、群、时间。

名字与群几乎不变，就地填上；时间每分钟都变，填在这里会让后面的一切都命不中缓存，所以
这里只说到哪里去找，时刻由程序写在最后一条消息的开头。
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACEHOLDER = re.compile(r"\{(bot|group|time|date)\}")
_TIMES = {
    "time": "（最后一条消息开头 ⟦时间⟧ 里的时刻）",
    "date": "（最后一条消息开头 ⟦时间⟧ 里的日期）",
}
TIME_RULE = (
    "最后一条用户消息的第一行 ⟦时间｜年-月-日 时:分 星期⟧ 是程序加上的北京时间，"
    "回答里不要写这种标签。"
)


@dataclass(frozen=True, slots=True)
class SystemPrompt:
    """填好的系统提示。"""

    text: str
    timed: bool = False
    """说起了时间：最后一条消息要带上时刻"""


def fill(text: str, *, bot: str, group: str) -> SystemPrompt:
    """填好占位，别的花括号原样不动。"""
    values = {"bot": bot, "group": group, **_TIMES}
    filled = _PLACEHOLDER.sub(lambda found: values[found[1]], text)
    if not mentions(text, *_TIMES):
        return SystemPrompt(filled)
    return SystemPrompt(f"{filled}\n\n{TIME_RULE}", timed=True)


def mentions(text: str, *names: str) -> bool:
    """系统提示里有没有这些占位。"""
    return any(f"{{{name}}}" in text for name in names)
