"""设置分几类、每个键是什么意思：都照它们定义之处的说明，不另写一份。"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from textwrap import dedent

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Section:
    """一类设置。"""

    title: str
    fields: dict[str, str]
    """键到它的说明"""


@lru_cache
def sections_of(model: type[BaseModel]) -> tuple[Section, ...]:
    """`model` 由哪几类设置合成。"""
    parents = (cls for cls in model.__mro__ if issubclass(cls, BaseModel))
    found = (_section(cls) for cls in parents if cls is not BaseModel)
    return tuple(section for section in found if section.fields)


def _section(cls: type[BaseModel]) -> Section:
    [tree] = ast.parse(dedent(inspect.getsource(cls))).body
    assert isinstance(tree, ast.ClassDef)
    title = (ast.get_docstring(tree) or "").rstrip("。")
    return Section(title, dict(_documented(tree)))


def _documented(tree: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(tree.body):
        if isinstance(field, ast.AnnAssign) and isinstance(below, ast.Expr):
            yield ast.unparse(field.target), ast.literal_eval(below.value)
