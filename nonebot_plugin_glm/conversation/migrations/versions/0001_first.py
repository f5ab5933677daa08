"""会话、轮、设置三张表。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """从空的数据库建起。"""
    op.create_table(
        "glm_conversation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("platform", sa.String(64), nullable=False),
        sa.Column("bot_id", sa.String(128), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("group_id", sa.String(256), nullable=False),
        sa.Column("user_id", sa.String(128), nullable=False),
        sa.Column("model", sa.String(128)),
        sa.Column("thinking", sa.String(8)),
        sa.Column("window_start", sa.Integer, nullable=False),
        sa.UniqueConstraint("platform", "bot_id", "scope", "group_id", "user_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "glm_turn",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id",
            sa.Integer,
            sa.ForeignKey("glm_conversation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("speaker_id", sa.String(128), nullable=False),
        sa.Column("speaker_name", sa.String(256), nullable=False),
        sa.Column("model", sa.String(128), nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("reasoning_tokens", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_glm_turn_conversation_id", "glm_turn", ["conversation_id"])
    op.create_table(
        "glm_setting",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """回到空的数据库。"""
    for table in ("glm_turn", "glm_conversation", "glm_setting"):
        op.drop_table(table)
