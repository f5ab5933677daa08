"""列与合计的类型：在两种数据库里装得下的一样多，排出的次序也一样。"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Cast,
    ColumnElement,
    Integer,
    String,
    Text,
    cast,
    func,
)
from sqlalchemy.types import TypeEngine

# SQLite 的 INTEGER 本就有八个字节，也只有它能自增
Whole = BigInteger().with_variant(Integer(), "sqlite")
"""整数。"""


def short(length: int) -> TypeEngine[str]:
    """一小段文本；SQLite 不管长短，PostgreSQL 也不该因为太长而存不进一轮。"""
    return String(length).with_variant(Text(collation="C"), "postgresql")


def total(what: ColumnElement[int]) -> Cast[int]:
    """合计；PostgreSQL 里大整数的合计不再是整数。"""
    return cast(func.sum(what), BigInteger)
