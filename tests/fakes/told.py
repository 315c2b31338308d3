"""A small ledger of three issues and six posts, whose figures are counted by hand in tests. All invented.

Each issue has four editions; forty copies stand in every state there is. Of each issue the second edition
is the first that anybody accepts. The second issue's first accepted letter is dated 31 March 22.30 UTC: with
summer time that is half past midnight on 1 April. May has nothing, and in September an issue waits that has
not begun.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import insert

from comms.model.ledger import DeliveryState, EventKind, SlotState
from comms.model.plan import EntryKind
from comms.model.sent import SentEdition, SentPost
from comms.store.database import Database
from comms.store.schema import deliveries, editions, events, notices, slots

FIRST, SECOND, CORRECTION = "brevet-2026-03-03", "brevet-2026-03-31", "brevet-2026-06-02-rattelse"
THREAD, BY_HAND, UNSURE = "brygga.mastodon.1", "led.facebook.1", "kurs.mastodon.1"
HALF, LYING = "led.mastodon.1", "brygga.facebook.1"
CALLED_OFF = "led.mastodon.2"
"""The network had it ahead of its time, and nobody saw it."""

LINK = "https://social.example/@leader/71"


def at(month: int, day: int, hour: int = 7, minute: int = 0) -> datetime:
    """An instant of 2026, in UTC."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


DATES = {FIRST: at(3, 3), SECOND: at(3, 31, 22, 30), CORRECTION: at(6, 2)}
"""When each issue's first accepted letter was begun."""

WAITING = "brevet-2026-09-01"

_LATER = (1, 0, 2, -1)
"""Minutes from that letter until each of an issue's four editions is begun; nobody accepts the last."""

_STATES = {
    "A": DeliveryState.ACCEPTED, "R": DeliveryState.REJECTED, "U": DeliveryState.UNKNOWN,
    "S": DeliveryState.SKIPPED, "C": DeliveryState.CANCELLED, "H": DeliveryState.HELD,
    "P": DeliveryState.PLANNED, "L": DeliveryState.CLAIMED, "N": DeliveryState.SENDING,
}  # fmt: skip
_EDITIONS = (
    (1, FIRST, "business-offices", "eda", ("brygga", "led"), "AAAA"),
    (2, FIRST, "business-offices", "", ("led",), "AA"),
    (3, FIRST, "public", "eda", ("brygga", "borta"), "AAASSS"),
    (4, FIRST, "public", "sunne", ("kurs", "led"), "RR"),
    (5, SECOND, "business-offices", "eda", ("led",), "AAC"),
    (6, SECOND, "business-offices", "sunne", ("kurs",), "A"),
    (7, SECOND, "public", "", ("led",), "AAAS"),
    (8, SECOND, "public", "arvika", ("led",), "UU"),
    (9, CORRECTION, "business-offices", "eda", ("brygga",), "AAAAAPLN"),
    (10, CORRECTION, "business-offices", "arvika", ("led",), "A"),
    (11, CORRECTION, "public", "eda", ("brygga",), "AAAAS"),
    (12, CORRECTION, "public", "sunne", ("kurs",), "HH"),
)
"""Number, issue, audience, municipality, items, and how each of its copies stands."""

_REASONS = {
    3: ("Adressen är spärrad.", "Adressen är spärrad: Bad om det i telefon.", "Pausad till 2026-05-01."),
    7: ("Får brevet som Allmänheten, Eda: en adress får ett exemplar.",),
    11: ("Inget i de insatsområden som läsaren har valt.",),
}
"""Why copies were skipped, by edition."""

_EVENTS = (
    # A copy that was in trouble first and dead then is dead; one that was in trouble twice is one.
    (1, 0, EventKind.BOUNCE_SOFT), (1, 0, EventKind.BOUNCE_HARD),
    (1, 1, EventKind.BOUNCE_SOFT), (1, 1, EventKind.BOUNCE_SOFT),
    (1, 2, EventKind.BOUNCE_OURS),
    (2, 0, EventKind.COMPLAINT), (2, 0, EventKind.UNSUBSCRIBED),
    (2, 1, EventKind.UNSUBSCRIBED),
    (3, 0, EventKind.DELIVERED),
    (4, 0, EventKind.BOUNCE_HARD),  # was rejected at once: it is no copy that came back
    (9, 0, EventKind.BOUNCE_HARD), (9, 1, EventKind.BOUNCE_HARD),
)  # fmt: skip
"""Edition, which of its copies, and what was learned of it."""

_POSTS = (
    (THREAD, "mastodon", at(3, 5, 11), "AA", "71", SlotState.DONE),
    (BY_HAND, "facebook", at(4, 2, 11), "A", "manual/led", SlotState.DONE),
    (UNSURE, "mastodon", at(4, 5, 11), "U", "", SlotState.DONE),
    (LYING, "facebook", at(6, 3, 11), "A", "manual/brygga", SlotState.DONE),
    (CALLED_OFF, "mastodon", at(6, 4, 11), "A", "73", SlotState.CANCELLED),
    (HALF, "mastodon", at(6, 30, 22, 30), "AR", "72", SlotState.DONE),
    ("kurs.mastodon.2", "mastodon", at(12, 1), "", "", SlotState.APPROVED),
)
"""Post, channel, when, how its parts stand, what the channel calls it, and how its slot stands."""

EDITIONS = tuple(
    SentEdition(number, issue, "mejl", audience, place, items, states.count("A"), DATES[issue])
    for number, issue, audience, place, items, states in _EDITIONS
    if "A" in states
)
"""The nine editions that reached anybody, in order of time."""

POSTS = (
    SentPost(THREAD, "brygga", "mastodon", at(3, 5, 11)),
    SentPost(BY_HAND, "led", "facebook", at(4, 3, 9)),
    SentPost(HALF, "led", "mastodon", at(6, 30, 22, 30)),
)
"""The three posts that readers see. The last is of 1 July, local time."""


def write(database: Database) -> None:
    """Put it all into an empty ledger."""
    numbers = count(1)
    copies: dict[tuple[int, int], int] = {}
    with database.writing() as connection:
        for issue, due in DATES.items():
            connection.execute(insert(slots).values(_slot(issue, EntryKind.ISSUE, "mejl", due)))
        waiting = _slot(WAITING, EntryKind.ISSUE, "mejl", at(9, 1)) | {"state": SlotState.APPROVED.value}
        connection.execute(insert(slots).values(waiting))
        for number, issue, audience, place, items, states in _EDITIONS:
            begun = DATES[issue] + timedelta(minutes=_LATER[(number - 1) % 4])
            connection.execute(insert(editions).values(_edition(number, issue, audience, place, items)))
            reasons = iter(_REASONS.get(number, ()))
            for which, sign in enumerate(states):
                copies[number, which] = next(numbers)
                row = _copy(copies[number, which], issue, "mejl", _STATES[sign], begun)
                row |= {"edition_id": number, "reason": next(reasons) if sign == "S" else row["reason"]}
                connection.execute(insert(deliveries).values(row))
        for number, which, kind in _EVENTS:
            connection.execute(insert(events).values(_event(copies[number, which], kind, at(6, 10))))
        off = {"key": f"called-off:{CALLED_OFF}", "subject": "Inställt", "body": "", "created_at": at(6, 4)}
        connection.execute(insert(notices).values(off))
        for identity, channel, due, states, receipt, state in _POSTS:
            slot = _slot(identity, EntryKind.POST, channel, due) | {"state": state.value}
            connection.execute(insert(slots).values(slot))
            for sign in states:
                copy = next(numbers)
                row = _copy(copy, identity, channel, _STATES[sign], due)
                row["receipt"] = receipt if sign == "A" else ""
                connection.execute(insert(deliveries).values(row))
                if identity == BY_HAND:
                    said = _event(copy, EventKind.PUBLISHED, at(4, 3, 9)) | {"source": "Anna", "detail": LINK}
                    connection.execute(insert(events).values(said))


def _slot(identity: str, kind: EntryKind, channel: str, due: datetime) -> dict[str, object]:
    is_issue = kind is EntryKind.ISSUE
    return {
        "id": identity,
        "schedule": identity,
        "wall": due.replace(tzinfo=None),
        "due_at": due,
        "kind": kind.value,
        "channel": channel,
        "newsletter": "brevet" if is_issue else "",
        "item": "" if is_issue else identity.partition(".")[0],
        "title": f"Om {identity}",
        "state": SlotState.DONE.value,
        "reason": "",
        "updated_at": due,
    }


def _edition(number: int, issue: str, audience: str, place: str, items: tuple[str, ...]) -> dict[str, object]:
    why = {"template": "Har taggen.", "values": []}
    return {
        "id": number,
        "slot_id": issue,
        "audience": audience,
        "municipality": place,
        "subject": "Hej",
        "html": "<p>Hej</p>",
        "text": "Hej",
        "token": "⟦1⟧",
        "items": [{"item": slug, "why": why} for slug in items],
        "skips": [],
        "recipients": 1,
        "sha256": "0" * 64,
    }


def _copy(number: int, slot: str, channel: str, state: DeliveryState, begun: datetime) -> dict[str, object]:
    is_begun = state.value in {"claimed", "sending", "accepted", "rejected", "unknown"}
    is_taken = state in {DeliveryState.CLAIMED, DeliveryState.SENDING}
    return {
        "id": number,
        "slot_id": slot,
        "channel": channel,
        "recipient": f"kontor{number}@kommun.example",
        "address_key": f"kontor{number}@kommun.example",
        "recipient_name": f"Kontor {number}",
        "edition_id": None,
        "state": state.value,
        "attempt": 1 if is_begun else 0,
        "owner": "a" if is_taken else "",
        "lease_until": begun + timedelta(hours=1) if is_taken else None,
        "not_before": begun if state is DeliveryState.PLANNED else None,
        "key": f"{slot}.{number}",
        "reason": "" if state is DeliveryState.ACCEPTED or is_taken else "Nej.",
        "receipt": "Q1" if state is DeliveryState.ACCEPTED else "",
        "first_attempt_at": begun if is_begun else None,
        "updated_at": begun + timedelta(days=3),
    }


def _event(delivery: int, kind: EventKind, happened: datetime) -> dict[str, object]:
    return {
        "delivery_id": delivery,
        "kind": kind.value,
        "happened_at": happened,
        "source": "postlåda",
        "detail": "Sagt.",
    }
