"""看一眼 PostgreSQL 服务器；不改它，也不迁移。"""

from __future__ import annotations

from .failures import as_store_error
from .migrating import schema_version


def look_at_server(url: str) -> tuple[str, str]:
    """服务器与结构各是第几版，空的数据库没有结构；要等网络，在线程里调用。

    异常:
        StoreError: 连不上
    """
    from .postgresql import PostgreSQL

    server = PostgreSQL(url)
    try:
        with as_store_error(), server.reading() as connection:
            version = connection.exec_driver_sql("SHOW server_version").scalar_one()
            return version.split()[0], schema_version(connection) or ""
    finally:
        server.close()
