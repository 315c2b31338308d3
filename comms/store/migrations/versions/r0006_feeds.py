"""Feeds and what they propose; letters that came back for a reason that is ours.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.String(32)
BEFORE = "'delivered', 'deferred', 'bounce-hard', 'bounce-soft'"
AFTER = "'complaint', 'unsubscribed', 'published', 'reconciled'"
KINDS = f"kind IN ({BEFORE}, 'bounce-ours', {AFTER})"


def upgrade() -> None:
    """Make the tables; an event may be of one more kind."""
    if op.get_bind().dialect.name == "sqlite":
        _events_anew()
    else:
        op.drop_constraint("ck_events_kind", "events", type_="check")
        op.create_check_constraint("ck_events_kind", "events", KINDS)
    op.create_index("ix_events_happened_at", "events", ["happened_at"])
    op.create_table(
        "feeds",
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("checked_at", INSTANT),
        sa.Column("next_at", INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_feeds"),
        sa.CheckConstraint("state IN ('active', 'stopped')", name="ck_feeds_state"),
        sa.CheckConstraint("state <> 'stopped' OR reason <> ''", name="ck_feeds_explained"),
        sa.CheckConstraint("failures >= 0", name="ck_feeds_failures"),
    )
    _proposals()


def _events_anew() -> None:
    """SQLite keeps a table's conditions for ever: the rows move to a table that has the new one."""
    op.rename_table("events", "earlier")
    op.drop_index("ix_events_delivery_id")
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_events_delivery_id"),
        sa.CheckConstraint(KINDS, name="ck_events_kind"),
    )
    columns = "id, delivery_id, kind, happened_at, source, detail"
    op.execute(f"INSERT INTO events ({columns}) SELECT {columns} FROM earlier")  # noqa: S608 - no words of others
    op.drop_table("earlier")
    op.create_index("ix_events_delivery_id", "events", ["delivery_id"])


def _proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.String(100), nullable=False),
        sa.Column("identity", sa.String(64), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("link_key", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("title_key", sa.Text(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("same_as", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("item", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("feed", "identity", name="uq_proposals_feed_identity"),
        sa.CheckConstraint("state IN ('proposed', 'taken', 'dismissed', 'same')", name="ck_proposals_state"),
        sa.CheckConstraint("(state = 'taken') = (item <> '')", name="ck_proposals_taken"),
        sa.CheckConstraint("(state = 'same') = (same_as > 0)", name="ck_proposals_same"),
    )
    op.create_index("ix_proposals_link_key", "proposals", ["link_key"])
    op.create_index("ix_proposals_sha256", "proposals", ["sha256"])
    op.create_index("ix_proposals_seen_at", "proposals", ["state", "seen_at"])
