"""The first ledger. Never edited once released: a later change is a migration of its own.

Revision ID: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.String(32)
WALL_TIME = sa.String(19)


def _when(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make every table."""
    _slots()
    _contents()
    _deliveries()
    _open_deliveries()
    _attempts()
    _memory()


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("wall", WALL_TIME, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("newsletter", sa.String(length=100), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("kind IN ('issue', 'post')", name="ck_slots_kind"),
        sa.CheckConstraint(
            "state IN ('planned', 'approved', 'running', 'done', 'held', 'skipped', 'cancelled')",
            name="ck_slots_state",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.UniqueConstraint("schedule", "wall", name="uq_slots_schedule_wall"),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=100), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="ck_approvals_voided"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_approvals_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_index("ix_approvals_live", "approvals", ["slot_id"], unique=True, **_when("voided_at IS NULL"))


def _contents() -> None:
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=100), nullable=False),
        sa.Column("municipality", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=100), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("skips", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_editions_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_editions"),
        sa.UniqueConstraint(
            "slot_id", "audience", "municipality", name="uq_editions_slot_id_audience_municipality"
        ),
    )
    op.create_table(
        "posts",
        sa.Column("slot_id", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_posts_slot_id"),
        sa.PrimaryKeyConstraint("slot_id", name="pk_posts"),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("recipient_name", sa.Text(), nullable=False),
        sa.Column("edition_id", sa.Integer()),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("not_before", INSTANT),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("first_attempt_at", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(state IN ('claimed', 'sending')) = (lease_until IS NOT NULL)"
            " AND (state NOT IN ('claimed', 'sending') OR owner <> '')",
            name="ck_deliveries_owned",
        ),
        sa.CheckConstraint("state <> 'planned' OR owner = ''", name="ck_deliveries_free"),
        sa.CheckConstraint("state = 'accepted' OR receipt = ''", name="ck_deliveries_received"),
        sa.CheckConstraint("state = 'planned' OR not_before IS NULL", name="ck_deliveries_waits"),
        sa.CheckConstraint(
            "state IN ('planned', 'claimed', 'sending', 'accepted', 'rejected', 'unknown',"
            " 'skipped', 'cancelled', 'held')",
            name="ck_deliveries_state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('claimed', 'sending', 'accepted', 'unknown')"
            " OR (attempt > 0 AND first_attempt_at IS NOT NULL)",
            name="ck_deliveries_tried",
        ),
        sa.CheckConstraint(
            "state NOT IN ('rejected', 'unknown', 'skipped', 'cancelled', 'held') OR reason <> ''",
            name="ck_deliveries_explained",
        ),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name="fk_deliveries_edition_id"),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_deliveries_slot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
        sa.UniqueConstraint(
            "slot_id", "channel", "address_key", name="uq_deliveries_slot_id_channel_address_key"
        ),
    )


def _open_deliveries() -> None:
    op.create_index(
        "ix_deliveries_planned",
        "deliveries",
        ["attempt", "id"],
        unique=False,
        **_when("state = 'planned'"),
    )
    op.create_index(
        "ix_deliveries_taken",
        "deliveries",
        ["id"],
        unique=False,
        **_when("state IN ('claimed', 'sending')"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ck_attempts_ended"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_attempts_delivery_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.UniqueConstraint("delivery_id", "number", name="uq_attempts_delivery_id_number"),
    )


def _memory() -> None:
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_key", name="pk_suppressions"),
    )
    op.create_table(
        "retractions",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("retracted_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_retractions"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("key", name="uq_notices_key"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("now", INSTANT, nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
