"""回答里写的 @：在场的人真的 @ 到，别的只是文字，从不 @ 全体。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nonebot_plugin_alconna.uniseg import At, Segment, Text

from ..domain import Speaker

_BEFORE = r"(?<![A-Za-z0-9._@-])"
"""前面是拉丁字母的是邮箱；中文不空格，「请@小明看看」是 @。"""
_AFTER = r"(?!\d)(?:(?<![A-Za-z])|(?![A-Za-z]))"
"""拉丁字母的名字到词尾为止：`@Bobby` 不是 Bob。"""


def with_mentions(text: str, people: Sequence[Speaker]) -> list[Segment]:
    """把 `@名字` 与 `@号码` 换成真的 @；同名的人有几个就不知道是谁，仍是文字。"""
    if "@" not in text or not people:
        return [Text(text)]
    known = _known(people)
    if not known:
        return [Text(text)]
    names = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    segments: list[Segment] = []
    end = 0
    for found in re.finditer(rf"{_BEFORE}@({names}){_AFTER}[ \xa0]?", text):
        segments.append(Text(text[end : found.start()]))
        segments.append(At("user", known[found[1]]))
        segments.append(Text(" "))
        end = found.end()
    segments.append(Text(text[end:]))
    return [s for s in segments if not isinstance(s, Text) or s.text]


def _known(people: Sequence[Speaker]) -> dict[str, str]:
    """名字与号码到号码；只留说得清是谁的。"""
    known: dict[str, str] = {}
    shared: set[str] = set()
    for person in people:
        name = person.name.strip()
        if name and known.setdefault(name, person.id) != person.id:
            shared.add(name)
    known = {name: identity for name, identity in known.items() if name not in shared}
    return known | {person.id: person.id for person in people}
