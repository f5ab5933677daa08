"""PostgreSQL 的一条一直连着的连接：占着会话的锁，也听别的进程说的话。

锁与话在一条连接上：占到一个会话之前别处说的，占到时都已经送来了。
话用 NOTIFY 送，不落在表里；送的时候没有连着的就收不到。
"""

from __future__ import annotations

import re
import time
from collections import deque
from contextlib import suppress

from psycopg import Notify
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

_CHANNEL = "nonebot_plugin_glm"
_PART = 7000
"""一条 NOTIFY 装不下八千字节，长的拆开；同一个事务里的依次送到，不会夹着别人的。"""
_TRY = text("SELECT pg_try_advisory_lock(:number)")
_GIVE_UP = text("SELECT pg_advisory_unlock(:number)")
# 几时说的照服务器的钟，各台机器的钟差多少都不要紧
_TELL = text(
    f"SELECT pg_notify('{_CHANNEL}',"
    " extract(epoch FROM statement_timestamp()) || ' ' || part)"
    " FROM unnest(CAST(:parts AS text[])) WITH ORDINALITY AS p (part, n) ORDER BY n"
)
_PAYLOAD = re.compile(r"(?P<said_at>\d+\.?\d*) (?P<left>\d+) (?P<piece>.*)")
_NOW = text("SELECT extract(epoch FROM statement_timestamp())")


class Session:
    """一条一直连着的连接；语句出错时抛 SQLAlchemyError，之后就不能再用了。"""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._notices: deque[Notify] = deque()
        driver = connection.connection.driver_connection
        assert driver is not None
        self._own: int = driver.info.backend_pid
        driver.add_notify_handler(self._notices.append)
        connection.exec_driver_sql(f"LISTEN {_CHANNEL}").close()

    def try_claim(self, number: int) -> bool:
        """占住一个会话。"""
        return bool(self._connection.execute(_TRY, {"number": number}).scalar())

    def give_up(self, number: int) -> None:
        """不再占着。"""
        self._connection.execute(_GIVE_UP, {"number": number}).close()

    def tell(self, words: str) -> None:
        """告诉别的进程；`words` 只能是 ASCII。"""
        pieces = [words[start : start + _PART] for start in range(0, len(words), _PART)]
        # 编上号：同一个事务里一样的两条，服务器只送一条
        parts = [f"{left} {piece}" for left, piece in enumerate(reversed(pieces))]
        self._connection.execute(_TELL, {"parts": parts[::-1]}).close()

    def heard(self) -> list[tuple[float, str]]:
        """别的进程说的，各是何时（本机的 `time.monotonic`）；听过就没有了。

        只会算早，不会算晚：差的是问一句服务器的钟要多久。
        """
        asked_at = time.monotonic()
        now = float(self._connection.execute(_NOW).scalar_one())
        found: list[tuple[float, str]] = []
        words = ""
        while self._notices:
            notice = self._notices.popleft()
            if notice.pid == self._own or not (part := _PAYLOAD.match(notice.payload)):
                continue
            words += part["piece"]
            if part["left"] == "0":
                ago = max(0.0, now - float(part["said_at"]))
                found.append((asked_at - ago, words))
                words = ""
        return found

    def close(self) -> None:
        """断开，锁都让出来。"""
        with suppress(SQLAlchemyError):
            self._connection.invalidate()
        self._connection.close()
