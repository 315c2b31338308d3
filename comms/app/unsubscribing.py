"""Unsubscribing: by the page behind a letter's link, by one click in a mail program, by mail.

A link works for ever, whatever comms.yaml says since; it ends and pauses, and shows no more than a masked
address.
"""

from __future__ import annotations

import ssl
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from comms.app.house import House
from comms.errors import ConfigError, Text, say
from comms.inbox.letters import place_of
from comms.inbox.unsubscriptions import Asked, read_unsubscriptions
from comms.model.settings import Settings
from comms.model.subscriber import Exit
from comms.render.headers import ascii_address
from comms.store import Remembrance, Store
from comms.text.tokens import Purpose, read_mail_token, read_token

BY_MAIL = "mejl"
"""The source of a no that came by mail, in evidence."""

MEMORY = "unsubscribe"
"""What the ledger remembers by this name: how far the mailbox has been read."""

_PAUSE = 3
"""Months."""

_NOWHERE = "0" * 16
"""An exit that is never there: a link that is not ours takes the same way through the database."""


@dataclass(frozen=True, slots=True)
class MailboxReport:
    """What letters in the mailbox came to. `why`: why it could not be read, or not to its end.

    `ended` by this reading; `known` had ended before; `ignored` are answers by machines and letters to a
    person; `forged` carry a token that is not ours.
    """

    ended: int = 0
    known: int = 0
    ignored: int = 0
    forged: int = 0
    why: Text | None = None


def find_exit(settings: Settings, store: Store, token: str, now: datetime | None = None) -> Exit | None:
    """What a link leads to, None when it is not ours or names nothing.

    With `now` a pause that is over is none. Raises StoreError when the database fails.
    """
    found = store.leaving.find(_identity(settings, token))
    if found is not None and now is not None and found.paused_until is not None and found.paused_until <= now:
        found = replace(found, paused_until=None)
    return _titled(settings, found) if found else None


def end(
    settings: Settings, store: Store, token: str, *, everything: bool, source: str, now: datetime
) -> Exit | None:
    """End what a link leads to, or all newsletters: when it returns no copy is begun any more.

    Twice is as once. `source` is evidence: `ett klick`, or the page's path without its token. None for a
    link that is not ours. Raises StoreError when the no could not be written.
    """
    left = store.leaving.end(_identity(settings, token), everything=everything, source=source, now=now)
    return _titled(settings, left.exit) if left else None


def pause(settings: Settings, store: Store, token: str, now: datetime) -> Exit | None:
    """Let a subscriber have nothing for three months; nothing happens for who is none, or has ended it."""
    return _paused(settings, store, token, pause_until(settings, now), now)


def resume(settings: Settings, store: Store, token: str, now: datetime) -> Exit | None:
    """Let letters come again to a subscriber who has paused."""
    return _paused(settings, store, token, None, now)


def pause_until(settings: Settings, now: datetime) -> datetime:
    """The beginning of the day three months on, by the office's clock; a month's last day is a last day."""
    local = now.astimezone(ZoneInfo(settings.timezone))
    years, month = divmod(local.month - 1 + _PAUSE, 12)
    day = local.day
    while True:
        try:
            at = local.replace(year=local.year + years, month=month + 1, day=day)
        except ValueError:
            day -= 1
        else:
            return at.replace(hour=0, minute=0, second=0, microsecond=0)


def read_mailbox(
    house: House, store: Store, now: datetime, trust: ssl.SSLContext | None = None
) -> MailboxReport:
    """End what letters in the unsubscribe mailbox ask for, from where the last reading stopped.

    A mailbox that cannot be read is told to the officer once a day, and stops nothing else. What was
    confirmed after a letter came stands. Raises StoreError.
    """
    settings = house.settings
    box = settings.unsubscribe_box
    if box is None or settings.web is None or not settings.web.keys:
        return MailboxReport()
    box = house.found(box)
    place = place_of(box)
    kept = store.memories.find(MEMORY, place)
    before = kept.value if kept else ""
    mark, counts, why = before, Counter[str](), None
    try:
        written = replace(box, address=ascii_address(box.address))
        for asked, after in read_unsubscriptions(written, mark, now, trust):
            counts[_heed(settings, store, asked, now)] += 1
            mark = after
    except ConfigError as unreadable:
        why = unreadable.message
        _tell(settings, store, why, now)
    if mark != before:
        store.memories.keep(Remembrance(MEMORY, place, mark, locked=False, until=None, updated_at=now))
    return MailboxReport(counts["ended"], counts["known"], counts["ignored"], counts["forged"], why)


def _identity(settings: Settings, token: str) -> str:
    keys = settings.web.keys if settings.web else ()
    return read_token(Purpose.EXIT, token, keys) or _NOWHERE


def _titled(settings: Settings, found: Exit) -> Exit:
    newsletter = settings.newsletters.get(found.newsletter)
    return replace(found, title=newsletter.title) if newsletter else found


def _paused(
    settings: Settings, store: Store, token: str, until: datetime | None, now: datetime
) -> Exit | None:
    left = store.leaving.pause(_identity(settings, token), until, source="u/", now=now)
    return _titled(settings, left.exit) if left else None


def _heed(settings: Settings, store: Store, asked: Asked, now: datetime) -> str:
    """Do what a letter asks for; which of the report's counts it is."""
    keys = settings.web.keys if settings.web else ()
    # A machine that answers may quote a letter's subject. The token's own address stands in List-Unsubscribe
    # alone: an out-of-office reply goes to the letter's sender, a bounce to its envelope's. So a machine that
    # writes there does what it was asked to, as mail programs that unsubscribe for their owners do.
    written = asked.to if asked.is_automatic else (*asked.to, *asked.subject)
    ours = [identity for one in written if (identity := read_mail_token(one, keys))]
    if not ours:
        return "forged" if asked.to and not asked.is_automatic else "ignored"
    said_at = min(asked.arrived_at or now, now)
    done = [
        store.leaving.end(identity, everything=False, source=BY_MAIL, now=now, said_at=said_at)
        for identity in dict.fromkeys(ours)
    ]
    return "ended" if any(left is not None and left.is_new for left in done) else "known"


def _tell(settings: Settings, store: Store, why: Text, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(settings.timezone)).date()
    body = say(
        "Brevlådan för avanmälningar går inte att läsa, så den som avslutar genom att svara på ett brev "
        "får fler brev.\n\n{why}\n\ncomms försöker igen vid varje körning. Avsluta för hand så länge: "
        "comms suppress ADRESS --reason VARFÖR",
        why=why,
    )
    subject = say("Avanmälningar via mejl läses inte")
    store.notice(f"unsubscribe-box:{today}", str(subject), f"{body}\n", now)
