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


class Paragraphs:
    """一段段喂进来的回答。"""

    def __init__(self) -> None:
        self._rest = ""
        self._looked = 0
        self._in_list = False
        self._enough = 0

    def feed(self, text: str) -> list[str]:
        """又写出了一段，返回刚写完的各段；后面有了别的字才算写完。"""
        self._rest += text
        if not self._worth_looking():
            return []
        lines = _lines(self._rest)
        whole = len(self._rest)
        *finished, self._rest = _cut(lines, _boundaries(lines, growing=True))
        self._in_list = "list" in block_starts(self._rest)[-1][1]
        self._looked = max(0, self._looked - sum(map(len, finished)))
        # 看了也没有写完的，就等它再长一些：每次都从头解析会越来越慢
        self._enough = 0 if finished else whole * 17 // 16
        return finished

    def _worth_looking(self) -> bool:
        """空行之后刚开始一块的时候才看一次：每个字都解析一遍太费。"""
        if len(self._rest) < self._enough:
            return False
        blanks = list(re.finditer(r"\n[ \t]*\n", self._rest[self._looked :]))
        if not blanks:
            return False
        start = self._looked + blanks[-1].end()
        chunk = self._rest[start:]
        if not chunk.strip():
            # 空行还在写：下次从最后一个看起，成片的空行才不会越看越慢
            self._looked += blanks[-1].start()
            return False
        undecided = re.match(r"[\s\d*+-]", chunk)
        if undecided and "\n" not in chunk and len(chunk) < _DECIDED:
            return False
        self._looked = start
        if self._in_list and _CONTINUES.match(chunk):
            return False
        return not _in_fence(self._rest)


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
    for (_, kind), (start, _) in pairwise(blocks):
        if kind in _STICKY or lines[start - 1].strip():
            continue
        if growing and "list" in kind and not _decided(lines, start):
            continue
        if not _in_math("".join(lines[:start])):
            found.append(start)
    return found


def _decided(lines: Sequence[str], start: int) -> bool:
    """列表后面的这一块会不会其实是列表的下一项：还没写完的「2」也许是「2.」。"""
    first = lines[start]
    if first.endswith("\n") or len(first) >= _DECIDED:
        return True
    return not re.match(r"[\s\d*+-]", first)


def _in_fence(text: str) -> bool:
    fences = re.findall(r"^ {0,3}(?:`{3,}|~{3,})", text, re.MULTILINE)
    return len(fences) % 2 == 1


def _in_math(text: str) -> bool:
    """是否在没有写完的公式里；代码里的不算。"""
    prose = re.sub(r"^(`{3,}|~{3,}).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    for opening, closing in _MATH:
        opened = len(re.findall(opening, prose))
        if closing is None and opened % 2:
            return True
        if closing is not None and opened > len(re.findall(closing, prose)):
            return True
    return False
