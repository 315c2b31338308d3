"""A ledger as earlier versions of the program left it, with something of everything in it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.engine import make_url

from comms.model.ledger import DeliveryState, SlotState
from comms.store import postgres, sqlite
from comms.store.database import MIGRATIONS, Database
from tests.fakes.examples import recipient

AT = "2026-11-01T08:00:00.000000+00:00"
S = DeliveryState
OPEN: dict[str, object] = {"owner": "a", "lease_until": AT}
ROWS: dict[DeliveryState, dict[str, object]] = {
    S.PLANNED: {"attempt": 0, "first_attempt_at": None},
    S.CLAIMED: OPEN,
    S.SENDING: OPEN,
    S.ACCEPTED: {"receipt": "Q1"},
    S.REJECTED: {"reason": "Okänd adress."},
    S.UNKNOWN: {"reason": "Svaret uteblev.", "owner": "a"},
    S.SKIPPED: {"reason": "Spärrad.", "attempt": 0, "first_attempt_at": None},
    S.CANCELLED: {"reason": "Inställt.", "attempt": 0, "first_attempt_at": None},
    S.HELD: {"reason": "Kunde inte göras klart."},
}
"""What a row of version 0001 has in each state."""


def tables_of(connection: Connection) -> MetaData:
    """The tables as they are in the database, not as the program has them."""
    found = MetaData()
    found.reflect(connection)
    return found


def put(connection: Connection, name: str, *rows: dict[str, object]) -> None:
    connection.execute(tables_of(connection).tables[name].insert(), list(rows))


RELEASED = ("0001", "0002", "0003", "0004", "0005")
"""Every version before the program's own that somebody may have."""


def make_old(url: str, version: str = "0001") -> None:
    """A database of an earlier version with something in every table, and a copy in every state."""
    parsed = make_url(url)
    # SQLite rebuilds tables, so references rest meanwhile, as when the program migrates.
    engine = sqlite.migrating(parsed) if parsed.get_backend_name() == "sqlite" else postgres.engine(parsed)
    with engine.execution_options(writes=True).begin() as connection:
        _upgrade(connection, "0001")
        _slots(connection)
        _contents(connection)
        _deliveries(connection)
        _memory(connection)
        if version >= "0002":
            _upgrade(connection, "0002")
            _machines(connection)
        if version >= "0003":
            _upgrade(connection, "0003")
            _answers(connection)
        if version >= "0004":
            _upgrade(connection, "0004")
            _memories(connection)
        if version >= "0005":
            _upgrade(connection, "0005")
            _people(connection)
    engine.dispose()


def _upgrade(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def _answers(connection: Connection) -> None:
    put(
        connection,
        "answers",
        {
            "question": "blind-spot",
            "subject": "bryggan",
            "content": "a" * 64,
            "words": "Ja, båda.",
            "answered_by": "Anna Öberg",
            "answered_at": AT,
        },
    )


def _memories(connection: Connection) -> None:
    kept = {"channel": "bluesky", "name": "session", "value": "v", "locked": False, "updated_at": AT}
    put(connection, "memories", kept)


def _people(connection: Connection) -> None:
    person = {"id": 1, "address": "Anna@b.example", "address_key": "anna@b.example", "audience": "public"}
    put(
        connection,
        "subscribers",
        {**person, "municipality": "arvika", "focus": [], "source": "prenumerera/", "created_at": AT},
    )
    confirmed = {"subscriber_id": 1, "newsletter": "kommunbrevet", "state": "confirmed", "since": AT}
    put(connection, "subscriptions", {**confirmed, "reason": ""})


def _slots(connection: Connection) -> None:
    slot: dict[str, object] = {
        "schedule": "kommunbrevet",
        "due_at": AT,
        "kind": "issue",
        "channel": "mejl",
        "newsletter": "kommunbrevet",
        "item": "",
        "title": "Kommunbrevet",
        "reason": "",
        "updated_at": AT,
    }
    put(
        connection,
        "slots",
        *(
            {**slot, "id": f"{state}", "wall": f"2026-11-{day:02}T09:00:00", "state": f"{state}"}
            for day, state in enumerate([one for one in SlotState if one is not SlotState.PAUSED], 1)
        ),
    )
    approval = {
        "fingerprint": "f1",
        "manifest": {"content/items/bryggan.md": "a" * 64},
        "approved_at": AT,
        "approved_by": "Anna Öberg",
        "void_reason": "",
    }
    put(
        connection,
        "approvals",
        {**approval, "slot_id": "running", "voided_at": None},
        {**approval, "slot_id": "approved", "voided_at": None},
        {**approval, "slot_id": "approved", "voided_at": AT, "void_reason": "Ersatt."},
    )


def _contents(connection: Connection) -> None:
    put(
        connection,
        "editions",
        {
            "slot_id": "running",
            "audience": "public",
            "municipality": "arvika",
            "subject": "Ny brygga i Åsebyn",
            "html": "<p>Hej</p>",
            "text": "Hej",
            "token": "⟦1⟧",
            "items": [],
            "skips": [],
            "recipients": 9,
            "sha256": "0" * 64,
        },
    )
    put(connection, "posts", {"slot_id": "approved", "payload": {"id": "x"}, "sha256": "1" * 64})
    put(connection, "blobs", {"sha256": "2" * 64, "media_type": "image/png", "bytes": b"\x89PNG"})


def _deliveries(connection: Connection) -> None:
    edition = connection.execute(text("SELECT id FROM editions")).scalar_one()
    plain = {"owner": "", "lease_until": None, "not_before": None, "reason": "", "receipt": ""}
    rows = [
        {
            **plain,
            "slot_id": "running",
            "channel": "mejl",
            "recipient": recipient(number).address,
            "address_key": recipient(number).address,
            "recipient_name": recipient(number).name,
            "edition_id": edition,
            "state": state.value,
            "attempt": 1,
            "first_attempt_at": AT,
            "key": f"running.{number}",
            "updated_at": AT,
            **columns,
        }
        for number, (state, columns) in enumerate(ROWS.items())
    ]
    later_one = {**rows[0], "recipient": "b@b.example", "address_key": "b@b.example", "key": "running.b"}
    put(connection, "deliveries", *rows, {**later_one, "not_before": "2027-01-01T08:00:00.000000+00:00"})
    found = connection.execute(text("SELECT state, min(id) AS number FROM deliveries GROUP BY state"))
    numbers = {row.state: row.number for row in found}
    attempt = {"number": 1, "owner": "a", "started_at": AT, "ended_at": AT, "detail": "250 Ok"}
    put(
        connection,
        "attempts",
        {**attempt, "delivery_id": numbers["accepted"], "outcome": "accepted"},
        {**attempt, "delivery_id": numbers["rejected"], "outcome": "rejected"},
        {**attempt, "delivery_id": numbers["sending"], "outcome": "", "ended_at": None},
        {**attempt, "delivery_id": numbers["claimed"], "outcome": "", "ended_at": None},
    )


def _memory(connection: Connection) -> None:
    put(connection, "suppressions", {"address_key": "nej@b.example", "reason": "Nej.", "created_at": AT})
    put(connection, "retractions", {"what": "sagan", "reason": "Fel.", "retracted_at": AT})
    put(connection, "notices", {"key": "k", "subject": "s", "body": "b", "created_at": AT, "sent_at": AT})
    put(connection, "runs", {"started_at": AT, "ended_at": AT, "now": AT, "outcome": {"accepted": 3}})


def _machines(connection: Connection) -> None:
    delivery = connection.execute(text("SELECT id FROM deliveries WHERE state = 'accepted'")).scalar_one()
    put(
        connection,
        "events",
        {"delivery_id": delivery, "kind": "delivered", "happened_at": AT, "source": "logg", "detail": "250"},
    )
    one = {"id": 1, "installation": "i", "created_at": AT, "fenced_at": None, "fence_reason": ""}
    put(connection, "instance", one)
    put(
        connection,
        "workers",
        {"owner": "a", "started_at": AT, "seen_at": AT, "ended_at": AT, "intents": 3},
    )
    put(connection, "limits", {"key": "mejl", "free_at": AT})
    put(connection, "rests", {"channel": "mejl", "until": AT, "failures": 2, "reason": "Nere."})


def contents(url: str) -> dict[str, list[dict[str, object]]]:
    """Every row of every table."""
    database = Database(url)
    with database.reading() as connection:
        found = {
            name: sorted((dict(row) for row in connection.execute(table.select()).mappings()), key=str)
            for name, table in tables_of(connection).tables.items()
        }
    database.close()
    return found
