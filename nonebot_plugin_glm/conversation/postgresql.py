"""PostgreSQL：几台机器上的几个机器人进程共用一个数据库。

写事务一个接一个，跨进程也是：与 SQLite 一样，事务里看到的就是最新的，不会有两个
进程同时新建同一个会话。会话的先后靠会话级的咨询锁，进程没了锁就没了，见 `session`。
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ..exception import StoreError
from .sqlite import BUSY_SECONDS

if TYPE_CHECKING:
    from .session import Session

T = TypeVar("T")

_WRITERS = 0x676C6D
"""写事务排队用的锁；会话的锁是六十四位的，与两个三十二位的不会撞上。"""
_OPTIONS = {
    "lock_timeout": BUSY_SECONDS * 1000,
    # 机器断了电，服务器一分钟内知道它占着的会话没有人了
    "tcp_keepalives_idle": 30,
    "tcp_keepalives_interval": 10,
    "tcp_keepalives_count": 3,
    # 主人的库可以为了快而放宽，回答过的轮不行
    "synchronous_commit": "on",
}
_WAIT = text("SELECT pg_advisory_xact_lock(:lock, 0)")


class PostgreSQL:
    """一个 PostgreSQL 数据库；地址里的密码不会出现在异常里。"""

    shared = True

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._session: Session | None = None

    def prepare(self) -> None:
        """没有要做的：第一次读就会连上。"""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """读用的连接。"""
        with self._reading.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """写事务；等到别的进程的写完。"""
        with self.engine.begin() as connection:
            connection.execute(_WAIT, {"lock": _WRITERS}).close()
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """各条语句看同一刻。"""
        engine = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            yield connection

    def scrub(self, connection: Connection) -> None:
        """死去的行腾出来；服务器的日志与备份是主人的事。"""
        connection.exec_driver_sql("VACUUM glm_turn, glm_note, glm_conversation")

    def empty_log(self, connection: Connection) -> None:
        """日志归服务器管。"""

    def try_claim(self, number: int) -> bool:
        """占住一个会话。"""
        return self._on_session(lambda session: session.try_claim(number))

    def give_up(self, number: int) -> None:
        """不再占着；连接断了，锁也就没了。"""
        if self._session is not None:
            try:
                self._session.give_up(number)
            except SQLAlchemyError:
                self._drop_session()

    def tell(self, words: str) -> None:
        """告诉别的进程。"""
        self._on_session(lambda session: session.tell(words))

    def heard(self) -> list[tuple[float, str]]:
        """别的进程说的。"""
        return self._on_session(lambda session: session.heard())

    def close(self) -> None:
        """关闭连接，占着的都让出来。"""
        self._drop_session()
        self.engine.dispose()

    def _on_session(self, work: Callable[[Session], T]) -> T:
        """在一直连着的那条上做；断了就重新连上再做，断了的那条上什么也没有留下。"""
        if self._session is not None:
            try:
                return work(self._session)
            except SQLAlchemyError:
                self._drop_session()
        self._session = self._new_session()
        return work(self._session)

    def _new_session(self) -> Session:
        # 没有装驱动时导入不了，那时 `_engine` 已经说过了
        from .session import Session

        connection = self._reading.connect()
        try:
            return Session(connection)
        except SQLAlchemyError:
            connection.close()
            raise

    def _drop_session(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()


def _address(url: str) -> URL:
    try:
        address = make_url(url).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        address = None
    # 不接着原来的异常，它带着整个地址
    if address is None:
        raise StoreError("GLM_DATABASE_URL 不是一个地址")
    # 密码里有没转义的 @，余下的会被当作主机，连不上时说出来
    if "@" in f"{address.host}{address.database}{address.query}":
        raise StoreError("GLM_DATABASE_URL 的密码里有 @：写成 %40，/ 写成 %2F")
    return address


def _engine(url: str) -> Engine:
    try:
        import_module("psycopg")
    except ImportError as exc:  # 没有装，或装了而没有 libpq
        raise StoreError(
            "没有装 PostgreSQL 的驱动：pip install 'nonebot-plugin-glm[postgresql]'"
        ) from exc
    address = _address(url)
    options = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    return create_engine(
        address,
        # 一个读写，一个一直连着
        pool_size=2,
        max_overflow=0,
        # 服务器重启过，下一次就重新连
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "tcp_user_timeout": 30_000,
            "options": options,
        },
        hide_parameters=True,
    )
