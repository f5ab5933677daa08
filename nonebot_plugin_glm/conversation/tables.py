"""表：会话、轮、轮的消息、群的选择、屏蔽的人、设置。

改动要配一个 `migrations/versions` 里的迁移。
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = "0002"
"""`migrations/versions` 里最新的一版；数据库已是这一版时不必请出 Alembic。"""
VERSION_TABLE = "glm_schema_version"

metadata = MetaData()

conversations = Table(
    "glm_conversation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("platform", String(64), nullable=False),
    Column("bot_id", String(128), nullable=False),
    Column("scope", String(16), nullable=False),
    Column("group_id", String(256), nullable=False),
    Column("user_id", String(128), nullable=False),
    Column("model", String(128)),
    Column("thinking", String(8)),
    Column("window_start", Integer, nullable=False, default=0),
    UniqueConstraint("platform", "bot_id", "scope", "group_id", "user_id"),
    sqlite_autoincrement=True,
)

turns = Table(
    "glm_turn",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "conversation_id",
        ForeignKey("glm_conversation.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("referred", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("speaker_id", String(128), nullable=False),
    Column("speaker_name", String(256), nullable=False),
    Column("model", String(128), nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("reasoning_tokens", Integer, nullable=False),
    Column("created_at", Float, nullable=False),
    sqlite_autoincrement=True,
)

messages = Table(
    "glm_message",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column(
        "turn_id",
        ForeignKey("glm_turn.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("message_id", String(128), nullable=False, index=True),
    Column("own", Boolean, nullable=False),
)

groups = Table(
    "glm_group",
    metadata,
    Column("platform", String(64), primary_key=True),
    Column("bot_id", String(128), primary_key=True),
    Column("group_id", String(256), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

blocked = Table(
    "glm_blocked",
    metadata,
    Column("platform", String(64), primary_key=True),
    Column("user_id", String(128), primary_key=True),
)

settings = Table(
    "glm_setting",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("value", Text, nullable=False),
)
