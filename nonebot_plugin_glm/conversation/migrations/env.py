"""Alembic 的入口：在调用者给的连接上迁移，不自己连数据库。"""

from __future__ import annotations

from alembic import context

attributes = context.config.attributes

context.configure(
    connection=attributes["connection"], version_table=attributes["version_table"]
)
context.run_migrations()
