"""会话、轮、设置三张表。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nonebot_plugin_glm.conversation.columns import Whole, short

revision = "0001"
down_revision = None


def upgrade() -> None:
    """从空的数据库建起。"""
    op.create_table(
        "glm_conversation",
        sa.Column("id", Whole, primary_key=True, autoincrement=True),
        sa.Column("platform", short(64), nullable=False),
        sa.Column("bot_id", short(128), nullable=False),
        sa.Column("scope", short(16), nullable=False),
        sa.Column("group_id", short(256), nullable=False),
        sa.Column("user_id", short(128), nullable=False),
        sa.Column("model", short(128)),
        sa.Column("thinking", short(8)),
        sa.Column("window_start", Whole, nullable=False),
        sa.UniqueConstraint("platform", "bot_id", "scope", "group_id", "user_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "glm_turn",
        sa.Column("id", Whole, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id",
            Whole,
            sa.ForeignKey("glm_conversation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("speaker_id", short(128), nullable=False),
        sa.Column("speaker_name", short(256), nullable=False),
        sa.Column("model", short(128), nullable=False),
        sa.Column("prompt_tokens", Whole, nullable=False),
        sa.Column("cached_tokens", Whole, nullable=False),
        sa.Column("completion_tokens", Whole, nullable=False),
        sa.Column("reasoning_tokens", Whole, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_glm_turn_conversation_id", "glm_turn", ["conversation_id"])
    op.create_table(
        "glm_setting",
        sa.Column("name", short(128), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """回到空的数据库。"""
    for table in ("glm_turn", "glm_conversation", "glm_setting"):
        op.drop_table(table)
