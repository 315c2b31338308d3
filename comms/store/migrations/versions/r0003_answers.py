"""What people answered to the questions that no machine can answer.

What was approved before stays approved: nothing is asked of it.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Make one table."""
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=200), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.CheckConstraint("words <> '' AND answered_by <> ''", name="ck_answers_said"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("question", "subject", "content", name="uq_answers_question_subject_content"),
    )
    op.create_index("ix_answers_subject", "answers", ["subject"])
