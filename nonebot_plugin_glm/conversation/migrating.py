"""把数据库带到最新的结构：新的照表建成，旧的用 Alembic 迁移，两种数据库都一样。"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ..exception import StoreError
from .tables import SCHEMA_VERSION, VERSION_TABLE, create_tables


def schema_version(connection: Connection) -> str | None:
    """结构是第几版，空的数据库是 `None`。"""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def bring_up(connection: Connection) -> None:
    """在写事务里建成，或迁移。

    异常:
        StoreError: 结构比本插件新
    """
    version = schema_version(connection)
    if version is None:
        create_tables(connection)
    elif version != SCHEMA_VERSION:  # 否则是别的进程刚刚做好
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    # Alembic 要三百毫秒才能导入，并一直占着十五兆内存：只在升级时请出来
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    location = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", location)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StoreError("数据库的结构比本插件新，请升级插件") from exc
