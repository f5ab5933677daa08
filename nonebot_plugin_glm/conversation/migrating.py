"""把数据库迁移到最新的结构，两种数据库都用 Alembic。"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from ..exception import StoreError
from .tables import SCHEMA_VERSION, VERSION_TABLE


def schema_version(connection: Connection) -> str | None:
    """结构是第几版，空的数据库是 `None`。"""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()


def upgrade(connection: Connection) -> None:
    """在写事务里迁移。

    异常:
        StoreError: 结构比本插件新
    """
    # Alembic 要三百毫秒才能导入，而平时的启动用不上它
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    if schema_version(connection) == SCHEMA_VERSION:  # 别的进程刚刚迁移好
        return
    config = Config()
    location = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("script_location", location)
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    try:
        command.upgrade(config, "head")
    except CommandError as exc:
        raise StoreError("数据库的结构比本插件新，请升级插件") from exc
