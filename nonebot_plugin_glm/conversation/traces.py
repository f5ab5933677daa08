"""一个人在别人的轮里留下的痕迹：引用的、复述的他的话，写出的他的号码。纯函数。

标签由 `prompt` 写出，正文里没有 `⟦`、`⟧`，所以读得回来。
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..domain import Speaker
from .prompt import speaker_label

SOMEONE, FORGOTTEN = "某人", "（已忘记）"
"""号码与复述的话换成的字。"""
_LEAST_DIGITS = 5
"""更短的号码（终端里的 `user` 也是）会碰巧是别的意思，不换。"""
_LEAST_WORDS = 4
"""没有写明是谁说的话，至少这么多字相同才算他的。"""
_LEAST_REPEATED = 6
"""回答里至少这么多字与他的话相同才算复述：更短的谁都会说。"""
_REMARK = re.compile(
    r"⟦(?:引用|旁听)｜(?:你自己|(?P<name>[^⟦⟧｜]*)｜(?P<id>[^⟦⟧｜]*))⟧ (?P<text>[^⟦]*)"
)


@dataclass(frozen=True, slots=True)
class Person:
    """一个平台上的一个人，不论经哪个机器人账号。"""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """引用的一句话。"""

    name: str
    identity: str
    """说的人的号码；机器人自己的、不知道是谁的是空串"""
    text: str


def quoted(labelled: str) -> list[Quoted]:
    """带着标签的话各是谁说的。"""
    return [_quoted(found) for found in _REMARK.finditer(labelled)]


class Traces:
    """怎样去掉一个人的痕迹。

    参数:
        identity: 他的号码
        said: 他的话
        told: 给他的回答
    """

    def __init__(
        self, identity: str, said: Iterable[str] = (), told: Iterable[str] = ()
    ) -> None:
        self._label = label_of(identity)
        said = [text.strip() for text in said]
        self._words = "\n".join(_bare(text) for text in (*said, *told))
        self._starts: dict[str, set[str]] = {}
        for text in said:
            if len(text) >= _LEAST_REPEATED:
                self._starts.setdefault(text[:_LEAST_REPEATED], set()).add(text)
        self.distinctive = sum(map(str.isdecimal, identity)) >= _LEAST_DIGITS
        """号码换成别的字会不会误伤"""
        near = "[0-9]" if identity.isdecimal() else "[0-9A-Za-z_]"
        self._number = re.compile(rf"(?<!{near}){re.escape(identity)}(?!{near})")

    def quotes(self, text: str) -> list[str]:
        """引用的他的话。"""
        return [said.text for said in quoted(text) if said.identity == self._label]

    def without_quotes(self, text: str) -> str:
        """去掉引用的他的话。"""
        kept = _REMARK.sub(self._kept, text)
        return kept if kept == text else kept.strip("\n")

    def without_repeats(self, text: str, quotes: Iterable[str] = ()) -> str:
        """去掉一字不差地复述的他的话。

        参数:
            text: 给别人的回答
            quotes: 那个提问引用的他的话
        """
        for quote in quotes:
            if len(quote) >= _LEAST_WORDS:
                text = text.replace(quote, FORGOTTEN)
        repeated = {
            said
            for start in range(len(text) - _LEAST_REPEATED + 1)
            for said in self._starts.get(text[start : start + _LEAST_REPEATED], ())
            if text.startswith(said, start)
        }
        for said in sorted(repeated, key=len, reverse=True):
            text = text.replace(said, FORGOTTEN)
        return text

    def without_number(self, text: str) -> str:
        """他的号码换成别的字。"""
        return self._number.sub(SOMEONE, text) if self.distinctive else text

    def _kept(self, found: re.Match[str]) -> str:
        said = _quoted(found)
        if said.identity:
            return "" if said.identity == self._label else found[0]
        bare = _bare(said.text)
        return "" if len(bare) >= _LEAST_WORDS and bare in self._words else found[0]


def label_of(identity: str) -> str:
    """号码在标签里的写法。"""
    return speaker_label(Speaker(identity)).strip().rpartition("｜")[2].rstrip("⟧")


def _quoted(found: re.Match[str]) -> Quoted:
    return Quoted(found["name"] or "", found["id"] or "", found["text"].strip())


def _bare(text: str) -> str:
    """只剩字：Markdown 的记号、标点与空白在聊天里都会变。"""
    return re.sub(r"\W+", "", text)
