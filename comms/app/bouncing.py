"""What comes back: which copy it is of, whether that is proved, and what it leads to.

A letter is believed only by what nobody can make up: the copy's own return path (its MAC), or for complaints
the token of its unsubscribe link. Each letter's changes are one transaction, and the same letter twice
changes nothing more, so a reading that is cut short is done again from the last mark. What a server refuses
in the conversation itself needs no proof, and leads to the same.
"""

from __future__ import annotations

import re
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from comms.app import bounce_policy, bounce_telling, telling
from comms.app.bounce_proof import Unproved, is_forwarded, proved
from comms.app.house import House
from comms.app.office import read_office
from comms.app.quarantining import keep_unreadable
from comms.errors import ConfigError, Text, UsageError, say
from comms.inbox.letters import is_from_a_server, place_of, read_letters
from comms.inbox.reading import harmless
from comms.inbox.returned import read_returned
from comms.model.bounce import Reason, Returned, ReturnKind
from comms.model.ledger import EventKind, SlotState
from comms.store import Remembrance, Store
from comms.store.events import ANSWERED
from comms.store.returns import Consequence, Copy, Fact, Tried
from comms.text.masking import masked_in
from comms.text.reasons import classify, status_of

MEMORY = "bounces"
"""What the ledger remembers by this name: how far each mailbox has been read."""

SOURCE = "studs: "
"""What the source of an event begins with, before the reason's slug (as `ANSWERED` of what came at once)."""

_KEPT_EVERY = 50
"""Letters after which the mark is kept, so that a reading that dies does not begin all over."""

_LONGEST_WORDS = 300
_CODE = re.compile(r"([45]\d\d)(?:[ -]|$)")
_ANSWER = re.compile(r": ((?:[45]\d\d|[45]\.\d{1,3}\.\d{1,3}) .*)", re.DOTALL)
"""A server's own words, in what a delivery says of why it was refused."""

_AT_ONCE = "smtp"
_STRANGE = Returned(Reason("broken", ReturnKind.UNREADABLE))


class Fate(StrEnum):
    """What a returned letter came to, for one copy that it speaks of.

    `dead` and `ended`: the address gets nothing more, at once or because its trouble lasts. `trouble` and
    `ours` are noted. `known`: it had been read before. `forged`: not from where it says. `late`: more than 30
    days after the copy. `gone`: the ledger does not know the copy any more. `unproved`: nothing in it proves
    which copy it is of.
    """

    DEAD = "dead"
    ENDED = "ended"
    TROUBLE = "trouble"
    OURS = "ours"
    COMPLAINT = "complaint"
    DELIVERED = "delivered"
    DELAY = "delay"
    AUTOMATIC = "automatic"
    UNREADABLE = "unreadable"
    KNOWN = "known"
    FORGED = "forged"
    LATE = "late"
    GONE = "gone"
    UNPROVED = "unproved"


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """What a reading of the mailbox came to. `why`: why it could not be read, or not to its end.

    `held`: copies that wait because their domain refuses us. `stopped`: runs that a person must look at.
    """

    letters: int = 0
    fates: Mapping[Fate, int] = field(default_factory=dict)
    held: int = 0
    stopped: Mapping[str, Text] = field(default_factory=dict)
    why: Text | None = None

    def with_more(self, more: ReturnReport) -> ReturnReport:
        """Together with what was read after it."""
        return ReturnReport(
            self.letters + more.letters,
            Counter(self.fates) + Counter(more.fates),
            self.held + more.held,
            {**self.stopped, **more.stopped},
            more.why,
        )

    def counts(self) -> dict[str, int]:
        """The counts that are not 0, for a run's outcome."""
        found = {fate.value: number for fate, number in self.fates.items() if number}
        return {"letters": self.letters, **found, **({"held": self.held} if self.held else {})}


@dataclass
class _Desk:
    """Where letters are taken in, and what has come of them."""

    house: House
    store: Store
    now: datetime
    letters: int = 0
    fates: Counter[Fate] = field(default_factory=Counter)
    held: int = 0
    unkept: int = 0
    troubled: set[str] = field(default_factory=set)


def read_returns(
    house: House, store: Store, now: datetime, trust: ssl.SSLContext | None = None
) -> ReturnReport:
    """Do what letters in the mailbox of bounces say, from where the last reading stopped; some at a time.

    A mailbox that cannot be read is told to the officer once a day, and stops nothing else. The caller is
    alone (`Store.alone`). Raises StoreError.
    """
    bounces = house.settings.bounces
    if bounces is None or bounces.mailbox is None:
        return ReturnReport()
    box = house.found(bounces.mailbox)
    desk = _Desk(house, store, now)
    place = place_of(box)
    kept = store.memories.find(MEMORY, place)
    before = mark = kept.value if kept else ""
    why = None
    try:
        for content, arrived, after in read_letters(box, mark, now, trust):
            _take_in(desk, content, min(arrived or now, now))
            mark = after
            if desk.letters % _KEPT_EVERY == 0:
                before = _keep(store, place, mark, now)
    except ConfigError as unreadable:
        why = unreadable.message
        store.notice(*bounce_telling.mailbox_unread(why, _day(desk)), now)
    if mark != before:
        _keep(store, place, mark, now)
    if unread := desk.fates[Fate.UNREADABLE]:
        store.notice(*bounce_telling.unread_letters(unread, desk.unkept, _day(desk)), now)
    return ReturnReport(desk.letters, desk.fates, desk.held, dict(_stop(desk)), why)


def read_all_returns(
    house: House, store: Store, now: datetime, trust: ssl.SSLContext | None = None
) -> ReturnReport:
    """The same by a person's word, to the mailbox's end.

    Raises ConfigError when there is no mailbox, UsageError while a run is at work, StoreError.
    """
    bounces = house.settings.bounces
    if bounces is None or bounces.mailbox is None:
        raise ConfigError(
            say("comms.yaml har ingen brevlåda för studsar. Skriv: bounces: {{domain: …, mailbox: …}}")
        )
    done = ReturnReport()
    with store.alone() as alone:
        if not alone:
            raise UsageError(say("En körning pågår och läser själv. Försök igen om en stund."))
        while (one := read_returns(house, store, now, trust)).letters:
            done = done.with_more(one)
            if one.why is not None:
                return done
    return done.with_more(one)


def heed_refusals(house: House, store: Store, now: datetime) -> Mapping[Fate, int]:
    """Let what servers refused at once have the consequences that it has when it comes back later.

    Twice is as once: what a run that died has left is done by the next. A copy of which no server's words
    are known, or whose words tell nothing, changes nothing. Raises StoreError.
    """
    desk = _Desk(house, store, now)
    for one in store.returns.refused(now - bounce_policy.PROVED_FOR):
        answer = _ANSWER.search(one.words)
        words = harmless(answer[1].removesuffix(".")) if answer else ""
        reason = classify("", words)
        if reason.kind in _ACTS:
            said = Returned(reason, one.copy.recipient, status_of("", words), words, by=_AT_ONCE)
            desk.fates[_ACTS[reason.kind](desk, one.copy, said, one.at)] += 1
    return desk.fates


def _keep(store: Store, place: str, mark: str, now: datetime) -> str:
    store.memories.keep(Remembrance(MEMORY, place, mark, locked=False, until=None, updated_at=now))
    return mark


def _take_in(desk: _Desk, content: bytes, arrived: datetime) -> None:
    """Everything that a letter says; what nobody understands is kept for a person."""
    desk.letters += 1
    found = _understood(content)
    fates = [_heed(desk, one, arrived, is_server=is_from_a_server(content)) for one in found]
    if Fate.UNREADABLE in fates:
        fates = [fate for fate in fates if fate is not Fate.UNREADABLE] + [Fate.UNREADABLE]
        desk.unkept += not keep_unreadable(desk.house, content, desk.now)
    desk.fates.update(fates)


def _understood(content: bytes) -> tuple[Returned, ...]:
    """What a letter says. One that breaks what reads it stops no others: a person looks at it."""
    try:
        return read_returned(content)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError):
        return (_STRANGE,)


def _heed(desk: _Desk, returned: Returned, arrived: datetime, *, is_server: bool) -> Fate:
    """Do what one returned copy leads to."""
    kind = returned.reason.kind
    if kind in _COUNTED:
        return _COUNTED[kind]
    copy = proved(desk.house.settings, desk.store, returned)
    if isinstance(copy, Unproved):
        return _UNPROVED[copy]
    if kind is not ReturnKind.COMPLAINT:
        if not is_server:
            return Fate.FORGED
        if bounce_policy.is_too_late(copy.attempted_at, arrived):
            return Fate.LATE
    if kind is ReturnKind.DEAD and is_forwarded(copy, returned):
        kind = ReturnKind.TROUBLE
    fate = _ACTS[kind](desk, copy, returned, arrived)
    if fate in {Fate.DEAD, Fate.COMPLAINT}:
        desk.troubled.add(copy.slot_id)
    return fate


_COUNTED = {
    ReturnKind.DELAY: Fate.DELAY,
    ReturnKind.AUTOMATIC: Fate.AUTOMATIC,
    ReturnKind.UNREADABLE: Fate.UNREADABLE,
}
_UNPROVED = {
    Unproved.GONE: Fate.GONE,
    Unproved.FORGED: Fate.FORGED,
    Unproved.NOTHING: Fate.UNPROVED,
}


# What each kind leads to


def _dead(desk: _Desk, copy: Copy, returned: Returned, arrived: datetime) -> Fate:
    consequence = _told(desk, copy, returned, bounce_policy.dead(_code(returned)))
    fact = _fact(EventKind.BOUNCE_HARD, returned, arrived)
    noted = desk.store.returns.note(copy, fact, desk.now, lambda _tried: consequence)
    return Fate.DEAD if noted.is_new else Fate.KNOWN


def _trouble(desk: _Desk, copy: Copy, returned: Returned, arrived: datetime) -> Fate:
    def judge(tried: Sequence[Tried]) -> Consequence | None:
        lasting = bounce_policy.lasting_trouble(tried, _code(returned), desk.now)
        return _told(desk, copy, returned, lasting) if lasting else None

    noted = desk.store.returns.note(copy, _fact(EventKind.BOUNCE_SOFT, returned, arrived), desk.now, judge)
    if noted.is_ended:
        return Fate.ENDED
    return Fate.TROUBLE if noted.is_new else Fate.KNOWN


def _ours(desk: _Desk, copy: Copy, returned: Returned, arrived: datetime) -> Fate:
    """Our own fault: noted, and when a domain refuses many, what waits for it is held. Twice is as once."""
    noted = desk.store.returns.note(copy, _fact(EventKind.BOUNCE_OURS, returned, arrived), desk.now)
    approval = desk.store.approval(copy.slot_id)
    plan = approval.fingerprint if approval else "FINGERAVTRYCK"
    desk.held += desk.store.returns.hold_domain(
        copy.slot_id,
        copy.domain,
        lambda share: str(bounce_policy.refuses_us(share) or ""),
        lambda share: bounce_telling.domain_refuses(
            copy.slot_id, copy.title, copy.domain, share, masked_in(_words(returned)), plan, desk.now
        ),
        desk.now,
    )
    return Fate.OURS if noted.is_new else Fate.KNOWN


def _complaint(desk: _Desk, copy: Copy, returned: Returned, arrived: datetime) -> Fate:
    consequence = _told(desk, copy, returned, bounce_policy.complaint())
    fact = _fact(EventKind.COMPLAINT, returned, arrived)
    noted = desk.store.returns.note(copy, fact, desk.now, lambda _tried: consequence)
    return Fate.COMPLAINT if noted.is_new else Fate.KNOWN


def _delivered(desk: _Desk, copy: Copy, returned: Returned, arrived: datetime) -> Fate:
    noted = desk.store.returns.note(copy, _fact(EventKind.DELIVERED, returned, arrived), desk.now)
    return Fate.DELIVERED if noted.is_new else Fate.KNOWN


_ACTS: dict[ReturnKind, Callable[[_Desk, Copy, Returned, datetime], Fate]] = {
    ReturnKind.DEAD: _dead,
    ReturnKind.TROUBLE: _trouble,
    ReturnKind.OURS: _ours,
    ReturnKind.COMPLAINT: _complaint,
    ReturnKind.DELIVERED: _delivered,
}


def _told(desk: _Desk, copy: Copy, returned: Returned, what: Consequence) -> Consequence:
    """With what the officer is told of an office's address, which is theirs to mend. Of readers: nothing."""
    if copy.subscribes:
        return what
    notice = bounce_telling.lost_office(
        copy, _place(desk.house, copy), what.reason, _words(returned), desk.now
    )
    return replace(what, notice=notice)


def _place(house: House, copy: Copy) -> str:
    """The municipality's name; a house that is opened for what is frozen alone does not know it yet."""
    names = house.workspace.audiences.municipalities
    if not names:
        with suppress(ConfigError):
            names = read_office(house.root).audiences.municipalities
    return names.get(copy.municipality, copy.municipality)


def _fact(kind: EventKind, returned: Returned, arrived: datetime) -> Fact:
    """What is remembered: without addresses, for whoever it is about may ask to be forgotten."""
    words = masked_in(_words(returned))[:_LONGEST_WORDS]
    source = ANSWERED if returned.by == _AT_ONCE else SOURCE
    return Fact(kind, f"{source}{returned.reason.slug}", words, arrived)


def _words(returned: Returned) -> str:
    """The server's own words, with its code if they do not say it."""
    if not returned.status or returned.status in returned.words:
        return returned.words
    return f"{returned.status} {returned.words}".strip()


def _code(returned: Returned) -> str:
    """Both codes, `550 5.1.1`, or the one that there is."""
    first = _CODE.match(returned.words)
    return " ".join(part for part in (first[1] if first else "", returned.status) if part)


def _stop(desk: _Desk) -> Iterator[tuple[str, Text]]:
    """Stop running issues of which so much has come back that a person must look."""
    for slot_id in sorted(desk.troubled):
        slot = desk.store.slot(slot_id) if slot_id else None
        if slot is None or slot.state is not SlotState.RUNNING:
            continue
        reason = bounce_policy.late_alarm(desk.store.course(slot_id))
        if reason is not None and desk.store.pause(slot_id, str(reason), desk.now):
            desk.store.notice(*telling.paused(slot_id, slot, reason, desk.now), desk.now)
            yield slot_id, reason


def _day(desk: _Desk) -> str:
    return f"{desk.now.astimezone(desk.house.zone):%Y-%m-%d}"
