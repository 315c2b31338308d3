"""Many connections and many machines: paused runs, limits, workers, events, who this database is.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.String(32)

MOVES = (
    ("OLD.state = 'accepted' AND NEW.state <> 'accepted'", "accepted is final"),
    ("NEW.state = 'claimed' AND OLD.state NOT IN ('planned', 'claimed')", "only what is planned is claimed"),
    ("NEW.state = 'sending' AND OLD.state NOT IN ('claimed', 'sending')", "only what is claimed is sent"),
    ("NEW.key <> OLD.key OR NEW.attempt < OLD.attempt", "a delivery keeps its key and its attempts"),
)


def upgrade() -> None:
    """Change three tables, make five, and forbid moves that no row may make."""
    _slots()
    _deliveries()
    _attempts()
    _events()
    _machines()
    _triggers()


def _slots() -> None:
    with op.batch_alter_table("slots") as table:
        table.add_column(sa.Column("cleared_at", INSTANT))
        table.drop_constraint("ck_slots_state", type_="check")
        table.create_check_constraint(
            "ck_slots_state",
            "state IN ('planned', 'approved', 'running', 'paused', 'done', 'held', 'skipped', 'cancelled')",
        )


def _deliveries() -> None:
    # Everything that waits gets a time from which it may go; until now that could be left out.
    op.execute("UPDATE deliveries SET not_before = updated_at WHERE state = 'planned' AND not_before IS NULL")
    op.drop_index("ix_deliveries_planned", "deliveries")
    with op.batch_alter_table("deliveries") as table:
        table.drop_constraint("ck_deliveries_waits", type_="check")
        table.create_check_constraint("ck_deliveries_waits", "(state = 'planned') = (not_before IS NOT NULL)")
    for name, columns, condition in (
        ("planned", ["slot_id", "not_before", "id"], "state = 'planned'"),
        ("unknown", ["id"], "state = 'unknown'"),
    ):
        where = sa.text(condition)
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=where, postgresql_where=where
        )


def _attempts() -> None:
    # An attempt is written when it has ended; those in hand are written by the recovery that ends them.
    op.execute("DELETE FROM attempts WHERE ended_at IS NULL")
    with op.batch_alter_table("attempts") as table:
        table.drop_constraint("ck_attempts_ended", type_="check")
        table.alter_column("ended_at", existing_type=INSTANT, nullable=False)
        table.create_check_constraint("ck_attempts_ended", "outcome <> ''")


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('delivered', 'deferred', 'bounce-hard', 'bounce-soft', 'complaint',"
            " 'unsubscribed', 'reconciled')",
            name="ck_events_kind",
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_events_delivery_id"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_delivery_id", "events", ["delivery_id"])


def _machines() -> None:
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("installation", sa.String(length=64), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("fenced_at", INSTANT),
        sa.Column("fence_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(fenced_at IS NULL) = (fence_reason = '')", name="ck_instance_fenced"),
        sa.CheckConstraint("id = 1", name="ck_instance_one"),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
    )
    op.create_table(
        "workers",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("intents", sa.Integer(), nullable=False),
        sa.CheckConstraint("intents >= 0", name="ck_workers_intents"),
        sa.PrimaryKeyConstraint("owner", name="pk_workers"),
    )
    op.create_table(
        "limits",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_limits"),
    )
    op.create_table(
        "rests",
        sa.Column("channel", sa.String(length=100), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_rests"),
    )


def _triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for number, (condition, sentence) in enumerate(MOVES):
            op.execute(
                f"CREATE TRIGGER deliveries_move_{number} BEFORE UPDATE ON deliveries WHEN {condition}"
                f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        return
    for number, (condition, sentence) in enumerate(MOVES):
        name = f"deliveries_move_{number}"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON deliveries FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION {name}()"
        )
