"""What channels remember between runs, letters with a time for the calendar, posts published by hand.

Revision ID: 0004
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.String(32)


def upgrade() -> None:
    """Make one table, widen one, and let a person say that a post has been published."""
    op.create_table(
        "memories",
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("until", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("channel", "name", name="pk_memories"),
    )
    # Built anew, so that SQLite has the table in the same words as one that never was older.
    anew: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("notices", recreate=anew) as table:
        table.add_column(sa.Column("calendar", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("events") as table:
        table.drop_constraint("ck_events_kind", type_="check")
        table.create_check_constraint(
            "ck_events_kind",
            "kind IN ('delivered', 'deferred', 'bounce-hard', 'bounce-soft', 'complaint',"
            " 'unsubscribed', 'published', 'reconciled')",
        )
