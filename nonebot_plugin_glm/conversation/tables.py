"""表：会话、轮、轮的消息、备忘、人设、账本、群的选择、屏蔽的人、设置。

改动要配一个 `migrations/versions` 里的迁移。
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from .columns import Whole, short

SCHEMA_VERSION = "0003"
"""`migrations/versions` 里最新的一版；旧的数据库才请出 Alembic，新的照这里的表建。"""
VERSION_TABLE = "glm_schema_version"

metadata = MetaData()

conversations = Table(
    "glm_conversation",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column("platform", short(64), nullable=False),
    Column("bot_id", short(128), nullable=False),
    Column("scope", short(16), nullable=False),
    Column("group_id", short(256), nullable=False),
    Column("user_id", short(128), nullable=False),
    Column("model", short(128)),
    Column("thinking", short(8)),
    Column("window_start", Whole, nullable=False, default=0),
    Column("persona", short(64)),
    Column("summary", Text, nullable=False, default=""),
    Column("summarized", Whole, nullable=False, default=0),
    UniqueConstraint("platform", "bot_id", "scope", "group_id", "user_id"),
    sqlite_autoincrement=True,
)

turns = Table(
    "glm_turn",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column(
        "conversation_id",
        ForeignKey("glm_conversation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("speaker_id", short(128), nullable=False),
    Column("speaker_name", short(256), nullable=False),
    Column("model", short(128), nullable=False),
    Column("prompt_tokens", Whole, nullable=False),
    Column("cached_tokens", Whole, nullable=False),
    Column("completion_tokens", Whole, nullable=False),
    Column("reasoning_tokens", Whole, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("referred", Text, nullable=False),
    sqlite_autoincrement=True,
)

messages = Table(
    "glm_message",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column(
        "turn_id",
        ForeignKey("glm_turn.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("message_id", short(128), nullable=False, index=True),
    Column("own", Boolean, nullable=False),
)

notes = Table(
    "glm_note",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column(
        "conversation_id",
        ForeignKey("glm_conversation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("turn_id", ForeignKey("glm_turn.id", ondelete="SET NULL"), index=True),
    Column("text", Text, nullable=False),
    Column("author_id", short(128), nullable=False),
    Column("created_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
"""备忘：`turn_id` 是模型在哪一轮里记的，撤回或撤销那一轮时一起忘记；人记的是空的。"""

personas = Table(
    "glm_persona",
    metadata,
    Column("platform", short(64), primary_key=True),
    Column("bot_id", short(128), primary_key=True),
    Column("group_id", short(256), primary_key=True),
    Column("user_id", short(128), primary_key=True),
    Column("name", short(64), primary_key=True),
    Column("text", Text, nullable=False),
)

requests = Table(
    "glm_request",
    metadata,
    Column("id", Whole, primary_key=True, autoincrement=True),
    Column("day", short(10), nullable=False),
    Column("purpose", short(16), nullable=False),
    Column("model", short(128), nullable=False),
    Column("platform", short(64), nullable=False),
    Column("bot_id", short(128), nullable=False),
    Column("group_id", short(256), nullable=False),
    Column("user_id", short(128), nullable=False),
    Column("user_name", short(256), nullable=False),
    Column("prompt_tokens", Whole, nullable=False),
    Column("cached_tokens", Whole, nullable=False),
    Column("completion_tokens", Whole, nullable=False),
    Column("reasoning_tokens", Whole, nullable=False),
    Column("cost", Whole, nullable=False),
    Index("ix_glm_request_day", "day", "platform", "user_id"),
    sqlite_autoincrement=True,
)
"""账本：`day` 是北京时间的日期，`cost` 的单位是百万分之一元。"""

lifts = Table(
    "glm_quota_lift",
    metadata,
    Column("day", short(10), primary_key=True),
    Column("kind", short(8), primary_key=True),
    Column("platform", short(64), primary_key=True),
    Column("bot_id", short(128), primary_key=True),
    Column("identity", short(256), primary_key=True),
)
"""某一天对谁放开额度。"""

groups = Table(
    "glm_group",
    metadata,
    Column("platform", short(64), primary_key=True),
    Column("bot_id", short(128), primary_key=True),
    Column("group_id", short(256), primary_key=True),
    Column("name", short(64), primary_key=True),
    Column("value", Text, nullable=False),
)

blocked = Table(
    "glm_blocked",
    metadata,
    Column("platform", short(64), primary_key=True),
    Column("user_id", short(128), primary_key=True),
)

settings = Table(
    "glm_setting",
    metadata,
    Column("name", short(128), primary_key=True),
    Column("value", Text, nullable=False),
)

_versions = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
"""Alembic 的表，不算在历史的表里。"""


def create_tables(connection: Connection) -> None:
    """在空的数据库里建成最新的一版，与一步步迁移得到的一样。"""
    metadata.create_all(connection, checkfirst=False)
    _versions.create(connection, checkfirst=True)
    connection.execute(_versions.insert().values(version_num=SCHEMA_VERSION))
