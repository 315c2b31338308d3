"""Subscribers and their evidence, mailed links, noes to one newsletter, what an unsubscribe link names.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.String(32)
NOES = "kind IN ('own', 'officer', 'bounce', 'complaint', 'erased')"
KINDS = "kind IN ('asked', 'confirmed', 'imported', 'changed', 'paused', 'resumed', 'ended')"
IN_USE = "NEW.state IN ('planned', 'claimed', 'sending')"
ERASED = "NEW.recipient LIKE 'raderad-%' AND NEW.recipient NOT LIKE '%@%'"
KEEPS = f"(NEW.key <> OLD.key AND ({IN_USE} OR NOT ({ERASED}))) OR NEW.attempt < OLD.attempt"


def upgrade() -> None:
    """Make the tables; a no that stands is the office's, and to everything. No row of deliveries changes."""
    op.execute("ALTER TABLE deliveries ADD COLUMN exit_id VARCHAR(16) DEFAULT '' NOT NULL")
    op.add_column(
        "deliveries", sa.Column("subscribes", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.rename_table("suppressions", "earlier")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_suppressions RENAME TO pk_earlier")
    op.create_table(
        "suppressions",
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("newsletter", sa.String(100), nullable=False, server_default=""),
        sa.Column("kind", sa.String(20), nullable=False, server_default="officer"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("address_key", "newsletter", "kind", name="pk_suppressions"),
        sa.CheckConstraint(NOES, name="ck_suppressions_kind"),
    )
    op.execute(
        "INSERT INTO suppressions (address_key, newsletter, kind, reason, created_at)"
        " SELECT address_key, '', 'officer', reason, created_at FROM earlier"
    )
    op.drop_table("earlier")
    _readers()
    _evidence()
    _tickets()
    _links()
    _moves()


def _readers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("audience", sa.String(100), nullable=False),
        sa.Column("municipality", sa.String(100), nullable=False),
        sa.Column("focus", sa.JSON(), nullable=False),
        sa.Column("paused_until", INSTANT),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("address_key", name="uq_subscribers_address_key"),
    )
    owner = "fk_subscriptions_subscriber_id"
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subscriber_id", "newsletter", name="pk_subscriptions"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name=owner),
        sa.CheckConstraint("state IN ('confirmed', 'ended')", name="ck_subscriptions_state"),
        sa.CheckConstraint("state <> 'ended' OR reason <> ''", name="ck_subscriptions_explained"),
    )
    op.create_index("ix_subscriptions_newsletter", "subscriptions", ["newsletter", "state"])


def _evidence() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("network", sa.String(50), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
        sa.CheckConstraint(KINDS, name="ck_consents_kind"),
    )
    op.create_index("ix_consents_address_key", "consents", ["address_key"])
    op.create_table(
        "consent_texts",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_consent_texts"),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(320), nullable=False),
        sa.Column("domain", sa.String(255), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("network", sa.String(50), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("mailed_at", INSTANT),
        sa.Column("expires_at", INSTANT),
        sa.Column("used_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.CheckConstraint("kind IN ('confirm', 'settings', 'already')", name="ck_tickets_kind"),
        sa.CheckConstraint("(mailed_at IS NULL) = (expires_at IS NULL)", name="ck_tickets_mailed"),
    )
    op.create_index("ix_tickets_address_key", "tickets", ["address_key", "asked_at"])
    op.create_index("ix_tickets_network", "tickets", ["network", "mailed_at"])
    op.create_index("ix_tickets_domain", "tickets", ["domain", "mailed_at"])
    op.create_index("ix_tickets_mailed_at", "tickets", ["mailed_at"])
    waits = sa.text("mailed_at IS NULL")
    op.create_index("ix_tickets_waiting", "tickets", ["asked_at"], sqlite_where=waits, postgresql_where=waits)


def _links() -> None:
    op.create_table(
        "forms",
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("nonce", name="pk_forms"),
    )
    op.create_table(
        "exits",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("address_key", sa.String(320)),
        sa.Column("newsletter", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exits"),
        sa.UniqueConstraint("address_key", "newsletter", name="uq_exits_address_key_newsletter"),
    )


def _moves() -> None:
    """A copy whose address is erased gives up its key too, and is never planned again.

    Who plans it together with others is not refused: that row alone stays as it is.
    """
    keeps, never = "deliveries_move_3", "deliveries_erased"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {keeps}")
        op.execute(
            f"CREATE TRIGGER {keeps} BEFORE UPDATE ON deliveries WHEN {KEEPS}"
            " BEGIN SELECT RAISE(ABORT, 'a delivery keeps its key and its attempts'); END"
        )
        op.execute(
            f"CREATE TRIGGER {never} BEFORE UPDATE ON deliveries WHEN {IN_USE} AND {ERASED}"
            " BEGIN SELECT RAISE(IGNORE); END"
        )
        return
    op.execute(f"DROP TRIGGER {keeps} ON deliveries")
    op.execute(
        f"CREATE TRIGGER {keeps} BEFORE UPDATE ON deliveries FOR EACH ROW WHEN ({KEEPS})"
        f" EXECUTE FUNCTION {keeps}()"
    )
    op.execute(
        f"CREATE FUNCTION {never}() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE DEBUG 'an erased copy is not planned'; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {never} BEFORE UPDATE ON deliveries FOR EACH ROW WHEN ({IN_USE} AND {ERASED})"
        f" EXECUTE FUNCTION {never}()"
    )
