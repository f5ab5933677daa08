"""正在写的回答写完了哪些段落：不切开代码块、列表、表格、引文与公式。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .splitting import block_starts

_MATH = ((r"\$\$", None), (r"\\\[", r"\\\]"), (r"\\begin\{", r"\\end\{"))
"""公式的开头与结尾；开头与结尾一样的只看单双。"""


_STICKY = ("heading_open", "hr")
"""标题与横线不单独成一条，随后面的一段。"""
_CONTINUES = re.compile(r"[ \t]|[-+*][ \t]|\d{1,9}[.)][ \t]")
"""空行之后的这种行接着前面的列表。"""
_DECIDED = 12
"""一行有这么多字，就看得出是不是列表的一项。"""
_FENCES = re.compile(r"^ {0,3}(?:`{3,}|~{3,})", re.MULTILINE)
_CODE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


class Paragraphs:
    """一段段喂进来的回答；只有空行之后的头几个字值得看，别的字来了不花工夫。"""

    def __init__(self) -> None:
        self._unread: list[str] = []
        self._parts: list[str] = []
        self._size = 0
        self._enough = 0
        self._in_list = False
        self._skimmed = _Skimmed()

    def feed(self, text: str) -> list[str]:
        """又写出了一段，返回刚写完的各段；后面有了别的字才算写完。"""
        self._unread.append(text)
        if "\n" not in text and not self._skimmed.after_blank:
            return []  # 一行没有写完，前面也没有空行：多数短回答从头到尾都是这样
        unread = "".join(self._unread)
        self._unread.clear()
        self._parts.append(unread)
        self._size += len(unread)
        self._skimmed.read(unread)
        if not self._worth_looking():
            return []
        whole = "".join(self._parts)
        lines = _lines(whole)
        *finished, rest = _cut(lines, _boundaries(lines, growing=True))
        self._parts, self._size = [rest], len(rest)
        if finished:
            self._skimmed.recount(rest)
        blocks = block_starts(rest)  # 全是链接的定义就一块也没有
        self._in_list = bool(blocks) and "list" in blocks[-1][1]
        # 看了也没有写完的，就等它再长一些：每次都从头解析会越来越慢
        self._enough = 0 if finished else len(whole) * 17 // 16
        return finished

    def _worth_looking(self) -> bool:
        """空行之后刚开始一块的时候才看一次：每个字都解析一遍太费。"""
        opening = self._skimmed.opening
        if self._size < self._enough or not opening.strip():
            return False
        if not _is_decided(opening):
            return False
        self._skimmed.look_away()
        if self._in_list and _CONTINUES.match(opening):
            return False
        return not self._skimmed.in_fence


class _Skimmed:
    """一行行看过去：空行之后是什么，是不是在围栏里。"""

    def __init__(self) -> None:
        self.opening = ""
        """最近的空行之后的头几个字"""
        self._fences = 0
        """写完的行里有几个围栏的首尾"""
        self.after_blank = False
        """有了空行，后面是什么还没有看"""
        self._blank = False
        """这一行至今只有空白，而且不是头一行"""
        self._head = ""
        """这一行的头几个字"""

    @property
    def in_fence(self) -> bool:
        """是不是在没有写完的围栏里。"""
        return (self._fences + bool(_FENCES.match(self._head))) % 2 == 1

    def read(self, text: str) -> None:
        """又写出了一段。"""
        first, *more = text.split("\n")
        self._extend(first)
        for line in more:
            self._fences += bool(_FENCES.match(self._head))
            if self._blank:
                self.after_blank, self.opening = True, ""
            elif self.after_blank:
                self._open("\n")
            self._blank, self._head = True, ""
            self._extend(line)

    def recount(self, rest: str) -> None:
        """只剩 `rest` 了，前面的不再算。"""
        self._fences = len(_FENCES.findall(rest)) - bool(_FENCES.match(self._head))

    def look_away(self) -> None:
        """这一块看过了，等下一个空行。"""
        self.after_blank, self.opening = False, ""

    def _extend(self, text: str) -> None:
        self._head = (self._head + text[:_DECIDED])[:_DECIDED]
        self._blank = self._blank and not text.strip(" \t")
        if self.after_blank:
            self._open(text)

    def _open(self, text: str) -> None:
        """只留看得出是什么的头几个字；还只有空白的就留一个。"""
        opening = self.opening + text
        self.opening = opening[: _DECIDED if opening.strip() else 1]


def paragraphs(text: str) -> list[str]:
    """写完了的回答分成各段，标题随后面的一段；连起来就是原文。"""
    lines = _lines(text)
    return [part for part in _cut(lines, _boundaries(lines, growing=False)) if part]


def _lines(text: str) -> list[str]:
    """按 Markdown 认的换行分行：U+2028 之类的不算。"""
    return re.findall(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+", text)


def _cut(lines: Sequence[str], starts: Sequence[int]) -> list[str]:
    edges = [0, *starts, len(lines)]
    return ["".join(lines[start:end]) for start, end in pairwise(edges)]


def _boundaries(lines: Sequence[str], *, growing: bool) -> list[int]:
    """可以切开的行：一块的首行，前面有空行，不紧跟标题，不在公式里。"""
    blocks = block_starts("".join(lines))
    found: list[int] = []
    math, read = _Math(), 0
    for (_, kind), (start, _) in pairwise(blocks):
        if kind in _STICKY or lines[start - 1].strip():
            continue
        if growing and "list" in kind and not _is_decided(lines[start]):
            continue
        math.read("".join(lines[read:start]))
        read = start
        if not math.unfinished:
            found.append(start)
    return found


def _is_decided(opening: str) -> bool:
    """一块的头几个字够不够看出是不是列表的一项：还没写完的「2」也许是「2.」。"""
    if "\n" in opening or len(opening) >= _DECIDED:
        return True
    return not re.match(r"[\s\d*+-]", opening)


class _Math:
    """至今的公式写完了没有；代码里的不算。"""

    def __init__(self) -> None:
        self._open = [0] * len(_MATH)

    @property
    def unfinished(self) -> bool:
        """有没有开了头还没有结尾的。"""
        return any(
            count > 0 if closing else count % 2
            for count, (_, closing) in zip(self._open, _MATH, strict=True)
        )

    def read(self, text: str) -> None:
        """又读了整块的一段。"""
        prose = _CODE.sub("", text)
        for index, (opening, closing) in enumerate(_MATH):
            self._open[index] += len(re.findall(opening, prose))
            if closing:
                self._open[index] -= len(re.findall(closing, prose))
