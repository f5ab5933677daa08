"""两种数据库不一样的地方：怎样连、怎样开写事务、怎样取快照、怎样抹干净。"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine


class Backend(Protocol):
    """一种数据库；除了 `shared` 与 `engine`，都在数据库的线程里用。"""

    @property
    def engine(self) -> Engine:
        """读写用的连接。"""
        ...

    @property
    def shared(self) -> bool:
        """别的机器人进程会不会也在用。"""
        ...

    def prepare(self) -> None:
        """第一次连上之前要做的。"""
        ...

    def reading(self) -> AbstractContextManager[Connection]:
        """读用的连接，每条语句各看各的一刻。"""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """写事务：要么全部生效，要么全不生效；同一时刻只有一个。"""
        ...

    def snapshot(self) -> AbstractContextManager[Connection]:
        """读用的事务，各条语句看同一刻。"""
        ...

    def scrub(self, connection: Connection) -> None:
        """删去的不留残片。"""
        ...

    def empty_log(self, connection: Connection) -> None:
        """日志里也不留。"""
        ...

    def try_claim(self, number: int) -> bool:
        """占住一个会话，别的进程占着就是假；没有别的进程时总是真。"""
        ...

    def give_up(self, number: int) -> None:
        """不再占着；没有占着也没有害处。"""
        ...

    def tell(self, words: str) -> None:
        """告诉别的进程一句话，`words` 只能是 ASCII；没有连着的听不到。"""
        ...

    def heard(self) -> list[tuple[float, str]]:
        """别的进程说的话，各是何时（`time.monotonic`），从旧到新；听过就没有了。"""
        ...

    def close(self) -> None:
        """关闭连接。"""
        ...
