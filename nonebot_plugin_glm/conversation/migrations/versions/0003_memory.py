"""摘要、备忘、人设、账本、放开的额度；默认模型成为改了的设置之一。"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from nonebot_plugin_glm.conversation.columns import Whole, short

revision = "0003"
down_revision = "0002"

_REQUEST_TEXTS = {
    "day": 10,
    "purpose": 16,
    "model": 128,
    "platform": 64,
    "bot_id": 128,
    "group_id": 256,
    "user_id": 128,
    "user_name": 256,
}
_REQUEST_COUNTS = (
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "reasoning_tokens",
)


def upgrade() -> None:
    """旧的会话没有摘要，用默认的人设。"""
    op.add_column("glm_conversation", sa.Column("persona", short(64)))
    op.add_column(
        "glm_conversation",
        sa.Column("summary", sa.Text, nullable=False, server_default=""),
    )
    op.add_column(
        "glm_conversation",
        sa.Column("summarized", Whole, nullable=False, server_default="0"),
    )
    op.create_table(
        "glm_note",
        sa.Column("id", Whole, primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id",
            Whole,
            sa.ForeignKey("glm_conversation.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("turn_id", Whole, sa.ForeignKey("glm_turn.id", ondelete="SET NULL")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("author_id", short(128), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_glm_note_conversation_id", "glm_note", ["conversation_id"])
    op.create_index("ix_glm_note_turn_id", "glm_note", ["turn_id"])
    op.create_table(
        "glm_persona",
        sa.Column("platform", short(64), primary_key=True),
        sa.Column("bot_id", short(128), primary_key=True),
        sa.Column("group_id", short(256), primary_key=True),
        sa.Column("user_id", short(128), primary_key=True),
        sa.Column("name", short(64), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
    )
    _create_ledger()
    _rename_setting("model", "config.glm_model")


def _create_ledger() -> None:
    op.create_table(
        "glm_request",
        sa.Column("id", Whole, primary_key=True, autoincrement=True),
        *(
            sa.Column(name, short(length), nullable=False)
            for name, length in _REQUEST_TEXTS.items()
        ),
        *(sa.Column(name, Whole, nullable=False) for name in _REQUEST_COUNTS),
        sa.Column("cost", Whole, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_glm_request_day", "glm_request", ["day", "platform", "user_id"])
    op.create_table(
        "glm_quota_lift",
        sa.Column("day", short(10), primary_key=True),
        sa.Column("kind", short(8), primary_key=True),
        sa.Column("platform", short(64), primary_key=True),
        sa.Column("bot_id", short(128), primary_key=True),
        sa.Column("identity", short(256), primary_key=True),
    )


def _rename_setting(old: str, new: str) -> None:
    settings = sa.table("glm_setting", sa.column("name"))
    found = settings.c.name == old
    op.execute(settings.update().where(found).values(name=new))


def downgrade() -> None:
    """回到前一版。"""
    _rename_setting("config.glm_model", "model")
    for table in ("glm_quota_lift", "glm_request", "glm_persona", "glm_note"):
        op.drop_table(table)
    with op.batch_alter_table("glm_conversation") as conversation:
        conversation.drop_column("summarized")
        conversation.drop_column("summary")
        conversation.drop_column("persona")
