"""提问所指的话、轮的消息编号、群的选择、屏蔽的人。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nonebot_plugin_glm.conversation.columns import Whole, short

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """旧的轮没有所指的话，也不知道是哪些消息。"""
    op.add_column(
        "glm_turn", sa.Column("referred", sa.Text, nullable=False, server_default="")
    )
    op.create_table(
        "glm_message",
        sa.Column("id", Whole, primary_key=True, autoincrement=True),
        sa.Column(
            "turn_id",
            Whole,
            sa.ForeignKey("glm_turn.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("message_id", short(128), nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
    )
    op.create_index("ix_glm_message_turn_id", "glm_message", ["turn_id"])
    op.create_index("ix_glm_message_message_id", "glm_message", ["message_id"])
    op.create_table(
        "glm_group",
        sa.Column("platform", short(64), primary_key=True),
        sa.Column("bot_id", short(128), primary_key=True),
        sa.Column("group_id", short(256), primary_key=True),
        sa.Column("name", short(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "glm_blocked",
        sa.Column("platform", short(64), primary_key=True),
        sa.Column("user_id", short(128), primary_key=True),
    )


def downgrade() -> None:
    """回到前一版。"""
    for table in ("glm_blocked", "glm_group", "glm_message"):
        op.drop_table(table)
    with op.batch_alter_table("glm_turn") as turn:
        turn.drop_column("referred")
