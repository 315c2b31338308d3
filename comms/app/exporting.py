"""`comms subscribers export`: the roll, for a spreadsheet or a system; or all that is known of a person."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from comms.app.hashed import erased_keys
from comms.app.house import House
from comms.app.publishing import FOLDER
from comms.app.reporting import other_name, refuse_own
from comms.app.roll_reading import COLUMNS, WHOLE
from comms.errors import UsageError, say
from comms.model.audience import address_key
from comms.model.office import Office
from comms.model.subscriber import ALL_NEWSLETTERS
from comms.store import Store
from comms.store.rolls import OnRoll
from comms.text.csv_in import plain
from comms.text.csv_out import MARK, csv_line

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json = dict[str, Any]

_OURS = frozenset({"id", "line", "address_key", "expires_at"})
"""Fields that say nothing about a person: a row's number, a file's line, how addresses are compared."""

HEADS = (*(names[0] for names in COLUMNS.values()), "pausad till")
"""The columns of the file: those that an import reads, and the day when a pause ends."""


def roll(store: Store, newsletter: str = "") -> Iterator[tuple[OnRoll, tuple[str, ...]]]:
    """Everybody who subscribes to something (to `newsletter`), with what they subscribe to.

    What a no stands before is left out: no roll that leaves us may say that such an address wants letters.
    """
    for one in store.rolls.on_roll(store.subscribers.all()):
        wanted = tuple(slug for slug in one.subscriber.newsletters if newsletter in ("", slug))
        if ALL_NEWSLETTERS not in one.noes and (allowed := tuple(x for x in wanted if x not in one.noes)):
            yield one, allowed


def roll_file(office: Office, store: Store, newsletter: str = "") -> Iterator[bytes]:
    """The roll as a file for Excel in Swedish, a row at a time. Taken in again here it changes nothing."""
    zone = ZoneInfo(office.settings.timezone)
    letters = _readable({slug: one.title for slug, one in office.settings.newsletters.items()})
    audiences = _readable({slug: one.title for slug, one in office.audiences.audiences.items()})
    places = {"": WHOLE, **_readable(office.audiences.municipalities)}
    areas = _readable({slug: one.name for slug, one in office.strategy.focus_areas.items()})
    yield MARK + csv_line(HEADS)
    for one, wanted in roll(store, newsletter):
        person = one.subscriber
        yield csv_line(
            (
                person.address,
                ", ".join(letters.get(slug, slug) for slug in wanted),
                audiences.get(person.audience, person.audience),
                places.get(person.municipality, person.municipality),
                ", ".join(areas.get(slug, slug) for slug in person.focus),
                person.source,
                _day(one.consented_at or person.created_at, zone),
                _day(person.paused_until, zone) if person.paused_until else "",
            )
        )


def roll_rows(store: Store, newsletter: str = "") -> Iterator[Json]:
    """The same for scripts, by slugs."""
    for one, wanted in roll(store, newsletter):
        person = one.subscriber
        yield {
            "address": person.address,
            "newsletters": list(wanted),
            "audience": person.audience,
            "municipality": person.municipality,
            "focus": list(person.focus),
            "source": person.source,
            "consented_at": _time(one.consented_at or person.created_at),
            "paused_until": _time(person.paused_until),
        }


def personal(office: Office, store: Store, address: str) -> Json:
    """All that is known of an address, for the person who asks (GDPR, articles 15 and 20).

    The same words as in the database's own tables; times in UTC. What there is nothing of is empty, so that
    this is seen.
    """
    key = address_key(address)
    keys = office.settings.web.keys if office.settings.web else ()
    person = store.subscribers.find(key)
    evidence = store.subscribers.evidence(key)
    links = store.rolls.tickets(key)
    texts = sorted({one.text for one in evidence} | {one.text for one in links})
    return {
        "address": address,
        "subscriber": _row(person) if person else None,
        "evidence": [_row(one) for one in evidence],
        "texts": {digest: store.subscribers.consent_text(digest) for digest in texts if digest},
        "links": [_row(one) for one in links],
        "noes": [_row(one) for one in store.leaving.noes([key, *erased_keys(key, keys)])],
        "deliveries": [_row(one) for one in store.rolls.sent(key)],
        "office_addresses": [
            _row(one) for one in office.audiences.recipients if address_key(one.address) == key
        ],
    }


def is_unknown(found: Json) -> bool:
    """Whether nothing at all is known of the person whose `personal` this is."""
    return not any(value for name, value in found.items() if name != "address")


def see_free(house: House, file: Path, *, force: bool) -> None:
    """See that a file may be written. Raises `UsageError`: it holds addresses and what people chose.

    Not among the workspace's own files, not where the archive is published, and not over anything else.
    """
    refuse_own(file, house)
    if file.resolve().is_relative_to((house.out / FOLDER).resolve()):
        raise UsageError(
            say("{file} ligger bland det som publiceras på webben. Välj en annan plats.", file=file)
        )
    if file.exists() and not (force and file.is_file()):
        raise UsageError(
            say(
                "{file} finns redan. Välj ett annat namn, till exempel --out {other}, eller skriv över med "
                "--force.",
                file=file,
                other=other_name(file),
            )
        )


def write(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that its owner alone can read (0600), whole or not at all. Raises `UsageError`."""
    unfinished = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        unfinished = Path(name)
        with os.fdopen(descriptor, "wb") as out:
            out.writelines(pieces)
        unfinished.replace(file)
    except OSError as refused:
        raise UsageError(
            say("{file} går inte att skriva: {why}.", file=file, why=refused.strerror or refused)
        ) from refused
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)


def _readable(titles: Mapping[str, str]) -> dict[str, str]:
    """What each slug is called in a cell: its title, unless that could be read as something else."""
    uses = [plain(title) for title in titles.values()] + [plain(slug) for slug in titles]
    return {
        slug: title
        for slug, title in titles.items()
        if not set(title) & set(",;|\n")
        and uses.count(plain(title)) == 1 + (plain(title) == plain(slug))
        and plain(title)
    }


def _row(value: DataclassInstance) -> Json:
    """A value's fields for JSON, without what is only the database's own."""
    return {name: _plain(inner) for name, inner in asdict(value).items() if name not in _OURS}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return _time(value)
    return value


def _time(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
