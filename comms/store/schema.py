"""The tables. What a row may look like is said here, so that the database refuses wrong combinations.

A change here is a change of the files that users have: it comes with a migration of its own, and a test
compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from comms.model.feed import FeedState, ProposalState
from comms.model.ledger import DeliveryState, EventKind, SlotState
from comms.model.plan import EntryKind
from comms.model.subscriber import ConsentKind, NoKind, SubscriptionState, TicketKind
from comms.store.columns import METADATA, Instant, WallTime, one_of, partial_index

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
    Column("cleared_at", Instant),
    UniqueConstraint("schedule", "wall"),
    one_of("state", SlotState),
    one_of("kind", EntryKind),
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
    partial_index("ix_approvals_live", "slot_id", when="voided_at IS NULL", unique=True),
)

answers = Table(
    "answers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("question", String(20), nullable=False),
    Column("subject", String(200), nullable=False),
    # The hash of what the answer holds for: when that changes, the question is open again.
    Column("content", String(64), nullable=False),
    Column("words", Text, nullable=False),
    Column("answered_by", String(200), nullable=False),
    Column("answered_at", Instant, nullable=False),
    UniqueConstraint("question", "subject", "content"),
    CheckConstraint("words <> '' AND answered_by <> ''", name="said"),
    Index("ix_answers_subject", "subject"),
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

# Triggers made in migration 0002 refuse moves that no row may make: leaving `accepted`, claiming what is
# not planned, sending what is not claimed, changing a key, taking back an attempt.
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
    # The exit that this copy names; "" when unsubscribing is by mail to a person.
    Column("exit_id", String(16), nullable=False, server_default=""),
    Column("subscribes", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("slot_id", "channel", "address_key"),
    UniqueConstraint("key"),
    one_of("state", DeliveryState),
    CheckConstraint(
        "(state IN ('claimed', 'sending')) = (lease_until IS NOT NULL)"
        " AND (state NOT IN ('claimed', 'sending') OR owner <> '')",
        name="owned",
    ),
    CheckConstraint("state <> 'planned' OR owner = ''", name="free"),
    CheckConstraint("(state = 'planned') = (not_before IS NOT NULL)", name="waits"),
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
    partial_index("ix_deliveries_planned", "slot_id", "not_before", "id", when="state = 'planned'"),
    partial_index("ix_deliveries_taken", "id", when="state IN ('claimed', 'sending')"),
    partial_index("ix_deliveries_unknown", "id", when="state = 'unknown'"),
)

attempts = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("owner", String(200), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("delivery_id", "number"),
    CheckConstraint("outcome <> ''", name="ended"),
)

events = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("delivery_id", Integer, ForeignKey("deliveries.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("detail", Text, nullable=False),
    one_of("kind", EventKind),
    Index("ix_events_delivery_id", "delivery_id"),
    Index("ix_events_happened_at", "happened_at"),
)

feeds = Table(
    "feeds",
    METADATA,
    Column("slug", String(100), primary_key=True),
    # As in comms.yaml when it was first asked: another one there is another feed.
    Column("given", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("checked_at", Instant),
    Column("next_at", Instant),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    one_of("state", FeedState),
    CheckConstraint("state <> 'stopped' OR reason <> ''", name="explained"),
    CheckConstraint("failures >= 0", name="failures"),
)

# What a feed said once: the row stays when its words are cleared, so that it is not new again.
proposals = Table(
    "proposals",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("feed", String(100), nullable=False),
    Column("identity", String(64), nullable=False),
    Column("link", Text, nullable=False),
    Column("link_key", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    # The title's words in order of the alphabet, for those that say nearly the same.
    Column("title_key", Text, nullable=False),
    Column("entry", JSON, nullable=False),
    Column("suggestion", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("same_as", Integer, nullable=False, server_default="0"),
    Column("item", String(200), nullable=False, server_default=""),
    UniqueConstraint("feed", "identity"),
    one_of("state", ProposalState),
    CheckConstraint("(state = 'taken') = (item <> '')", name="taken"),
    CheckConstraint("(state = 'same') = (same_as > 0)", name="same"),
    Index("ix_proposals_link_key", "link_key"),
    Index("ix_proposals_sha256", "sha256"),
    Index("ix_proposals_seen_at", "state", "seen_at"),
)

suppressions = Table(
    "suppressions",
    METADATA,
    # Of an erased address the key is `erased:` and a keyed hash.
    Column("address_key", String(320), primary_key=True),
    # "" is every newsletter.
    Column("newsletter", String(100), primary_key=True, server_default=""),
    # A person's own no stands beside the office's, and outlives it.
    Column("kind", String(20), primary_key=True, server_default="officer"),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    one_of("kind", NoKind),
)

subscribers = Table(
    "subscribers",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("address", String(320), nullable=False),
    Column("address_key", String(320), nullable=False, unique=True),
    Column("audience", String(100), nullable=False),
    Column("municipality", String(100), nullable=False),
    Column("focus", JSON, nullable=False),
    Column("paused_until", Instant),
    Column("source", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    METADATA,
    Column("subscriber_id", Integer, ForeignKey("subscribers.id"), primary_key=True),
    Column("newsletter", String(100), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("since", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    one_of("state", (SubscriptionState.CONFIRMED, SubscriptionState.ENDED)),
    CheckConstraint("state <> 'ended' OR reason <> ''", name="explained"),
    Index("ix_subscriptions_newsletter", "newsletter", "state"),
)

consents = Table(
    "consents",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("address_key", String(320), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("choices", JSON, nullable=False),
    Column("happened_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    # The words said yes to, by their hash: "" when there were none.
    Column("text", String(64), nullable=False),
    Column("network", String(50), nullable=False),
    Column("by", String(200), nullable=False),
    one_of("kind", ConsentKind),
    Index("ix_consents_address_key", "address_key"),
)

consent_texts = Table(
    "consent_texts",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("first_used_at", Instant, nullable=False),
)

# A mailed link. The link itself is nowhere here: it is signed with a key outside the database.
tickets = Table(
    "tickets",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("address", String(320), nullable=False),
    Column("address_key", String(320), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("choices", JSON, nullable=False),
    Column("text", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("network", String(50), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("mailed_at", Instant),
    Column("expires_at", Instant),
    Column("used_at", Instant),
    one_of("kind", TicketKind),
    CheckConstraint("(mailed_at IS NULL) = (expires_at IS NULL)", name="mailed"),
    Index("ix_tickets_address_key", "address_key", "asked_at"),
    Index("ix_tickets_network", "network", "mailed_at"),
    Index("ix_tickets_domain", "domain", "mailed_at"),
    Index("ix_tickets_mailed_at", "mailed_at"),
    partial_index("ix_tickets_waiting", "asked_at", when="mailed_at IS NULL"),
)

forms = Table(
    "forms",
    METADATA,
    # A form that has acted, so that it does so once.
    Column("nonce", String(64), primary_key=True),
    Column("used_at", Instant, nullable=False),
)

exits = Table(
    "exits",
    METADATA,
    # What an unsubscribe link names instead of an address. It is never taken away: letters are opened
    # years later. An erased address leaves its key empty.
    Column("id", String(16), primary_key=True),
    Column("address_key", String(320)),
    Column("newsletter", String(100), nullable=False),
    UniqueConstraint("address_key", "newsletter"),
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
    Column("calendar", Text, nullable=False, server_default=""),
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

instance = Table(
    "instance",
    METADATA,
    # One row: who this database is, and whether it may send.
    Column("id", Integer, primary_key=True),
    Column("installation", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("fenced_at", Instant),
    Column("fence_reason", Text, nullable=False),
    CheckConstraint("id = 1", name="one"),
    CheckConstraint("(fenced_at IS NULL) = (fence_reason = '')", name="fenced"),
)

workers = Table(
    "workers",
    METADATA,
    Column("owner", String(200), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("intents", Integer, nullable=False),
    CheckConstraint("intents >= 0", name="intents"),
)

limits = Table(
    "limits",
    METADATA,
    Column("key", String(400), primary_key=True),
    Column("free_at", Instant, nullable=False),
)

rests = Table(
    "rests",
    METADATA,
    Column("channel", String(100), primary_key=True),
    Column("until", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

memories = Table(
    "memories",
    METADATA,
    Column("channel", String(100), primary_key=True),
    Column("name", String(300), primary_key=True),
    # Secrets are locked with a key that is not in the database (app/remembering.py).
    Column("value", Text, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("until", Instant),
    Column("updated_at", Instant, nullable=False),
)
