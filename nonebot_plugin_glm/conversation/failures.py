"""数据库的异常怎样变成 StoreError。"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from ..exception import StoreError


@contextmanager
def as_store_error() -> Iterator[None]:
    """把数据库的异常变成 StoreError；操作与权限的错误说得出缘由，不带数据，只一行。

    装不进的值（落单的代理、太大的整数）由驱动拒绝，异常不属于 SQLAlchemy。
    """
    try:
        yield
    except OperationalError as exc:
        raise StoreError(" ".join(str(exc.orig).split())) from exc
    except ProgrammingError as exc:  # 头一行之后是语句
        raise StoreError(str(exc.orig).partition("\n")[0]) from exc
    except (SQLAlchemyError, OSError, UnicodeError, OverflowError) as exc:
        raise StoreError(type(exc).__name__) from exc
