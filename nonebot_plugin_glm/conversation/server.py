"""看一眼 PostgreSQL 服务器；不改它，也不迁移。"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from .failures import as_store_error
from .migrating import schema_version

_READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"
_MAY_CREATE = "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
_MAY_WRITE = "SELECT has_table_privilege('glm_turn', 'INSERT')"


@dataclass(frozen=True, slots=True)
class ServerState:
    """服务器的现状。"""

    version: str
    """服务器是第几版"""
    schema: str
    """结构是第几版，空的数据库是空串"""
    trouble: str = ""
    """写不进的缘由，写得进是空串"""


def look_at_server(url: str) -> ServerState:
    """看 `url` 的服务器；要等网络，在线程里调用。

    异常:
        StoreError: 连不上
    """
    from .postgresql import PostgreSQL

    server = PostgreSQL(url)
    try:
        with as_store_error(), server.reading() as connection:
            version = str(_ask(connection, "SHOW server_version")).split()[0]
            schema = schema_version(connection) or ""
            return ServerState(version, schema, _trouble(connection, schema))
    finally:
        server.close()


def _trouble(connection: Connection, schema: str) -> str:
    if _ask(connection, _READ_ONLY):
        return "是只读的：换成主库的地址"
    if not schema and not _ask(connection, _MAY_CREATE):
        return "账号不能建表：让库的主人 GRANT CREATE ON SCHEMA public 给它"
    if schema and not _ask(connection, _MAY_WRITE):
        return "账号写不进表：表是别的账号建的，换成那个账号，或让它 GRANT"
    return ""


def _ask(connection: Connection, question: str) -> object:
    return connection.exec_driver_sql(question).scalar_one()
