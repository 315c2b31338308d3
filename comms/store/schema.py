"""The tables. What a row may look like is said here, so that the database refuses wrong combinations.

A change here is a change of the files that users have: it comes with a migration of its own, and a test
compares the two.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
    text,
)

from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from sqlalchemy import Dialect
    from sqlalchemy.sql.elements import ColumnElement


class Instant(TypeDecorator[datetime]):
    """An aware instant as ISO text in UTC of one width, so that text sorts as time does."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write; a naive time is a mistake in the program and refused."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read: aware, in UTC."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


class WallTime(TypeDecorator[datetime]):
    """A local wall time, naive, as ISO text to the second."""

    impl = String(19)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write the time as people say it."""
        del dialect
        return None if value is None else value.replace(tzinfo=None).isoformat(timespec="seconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read: naive."""
        del dialect
        return None if value is None else datetime.fromisoformat(value)


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def is_state(column: ColumnElement[str], state: StrEnum) -> ColumnElement[bool]:
    """`column = 'state'` with the state as a literal: only then is a partial index used."""
    return column == literal_column(f"'{state.value}'")


def _one_of(column: str, members: Iterable[StrEnum]) -> CheckConstraint:
    names = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({names})", name=column)


slots = Table(
    "slots",
    METADATA,
    Column("id", String(200), primary_key=True),
    Column("schedule", String(200), nullable=False),
    Column("wall", WallTime, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("newsletter", String(100), nullable=False),
    Column("item", String(200), nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("schedule", "wall"),
    _one_of("state", SlotState),
    _one_of("kind", EntryKind),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("slot_id", String(200), ForeignKey("slots.id"), nullable=False),
    Column("fingerprint", String(100), nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("approved_at", Instant, nullable=False),
    Column("approved_by", String(200), nullable=False),
    Column("voided_at", Instant),
    Column("void_reason", Text, nullable=False),
    CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="voided"),
    Index("ix_approvals_live", "slot_id", unique=True, sqlite_where=text("voided_at IS NULL")),
)

editions = Table(
    "editions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("slot_id", String(200), ForeignKey("slots.id"), nullable=False),
    Column("audience", String(100), nullable=False),
    Column("municipality", String(100), nullable=False),
    Column("subject", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("token", String(100), nullable=False),
    Column("items", JSON, nullable=False),
    Column("skips", JSON, nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("slot_id", "audience", "municipality"),
)

posts = Table(
    "posts",
    METADATA,
    Column("slot_id", String(200), ForeignKey("slots.id"), primary_key=True),
    Column("payload", JSON, nullable=False),
    Column("sha256", String(64), nullable=False),
)

blobs = Table(
    "blobs",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("media_type", String(100), nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("slot_id", String(200), ForeignKey("slots.id"), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("address_key", String(320), nullable=False),
    Column("recipient_name", Text, nullable=False),
    Column("edition_id", Integer, ForeignKey("editions.id")),
    Column("state", String(20), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("lease_until", Instant),
    Column("not_before", Instant),
    Column("key", String(300), nullable=False),
    Column("reason", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("first_attempt_at", Instant),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("slot_id", "channel", "address_key"),
    UniqueConstraint("key"),
    _one_of("state", DeliveryState),
    CheckConstraint(
        "(state IN ('claimed', 'sending')) = (lease_until IS NOT NULL)"
        " AND (state NOT IN ('claimed', 'sending') OR owner <> '')",
        name="owned",
    ),
    CheckConstraint("state <> 'planned' OR owner = ''", name="free"),
    CheckConstraint("state = 'planned' OR not_before IS NULL", name="waits"),
    CheckConstraint(
        "state NOT IN ('rejected', 'unknown', 'skipped', 'cancelled', 'held') OR reason <> ''",
        name="explained",
    ),
    CheckConstraint(
        "state NOT IN ('claimed', 'sending', 'accepted', 'unknown')"
        " OR (attempt > 0 AND first_attempt_at IS NOT NULL)",
        name="tried",
    ),
    CheckConstraint("state = 'accepted' OR receipt = ''", name="received"),
    Index("ix_deliveries_planned", "attempt", "id", sqlite_where=text("state = 'planned'")),
    Index("ix_deliveries_taken", "id", sqlite_where=text("state IN ('claimed', 'sending')")),
)

attempts = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("delivery_id", "number"),
    CheckConstraint("(ended_at IS NULL) = (outcome = '')", name="ended"),
)

suppressions = Table(
    "suppressions",
    METADATA,
    Column("address_key", String(320), primary_key=True),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

retractions = Table(
    "retractions",
    METADATA,
    Column("what", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("retracted_at", Instant, nullable=False),
)

notices = Table(
    "notices",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(300), nullable=False, unique=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
)

runs = Table(
    "runs",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("now", Instant, nullable=False),
    Column("outcome", JSON, nullable=False),
)
