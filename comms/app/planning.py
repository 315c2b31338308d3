"""The plan of a workspace: what `comms plan`, `approve`, `send`, `tick` and `simulate` agree on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from comms.app.crashing import crash_points
from comms.app.hashed import erased_keys
from comms.app.house import House
from comms.errors import Text, UsageError, say
from comms.model.audience import address_key
from comms.model.plan import Entry, LedgerFacts, Plan
from comms.model.settings import Secret, Settings
from comms.model.subscriber import ALL_NEWSLETTERS, Reader
from comms.model.workspace import Workspace
from comms.plan.build import build
from comms.plan.issues import World
from comms.store import Store, open_store
from comms.store.suppressions import ERASED
from comms.text.consents import Pictures

HORIZON = timedelta(days=60)
"""How far ahead `comms plan` looks."""

NO_KEYS = say(
    "Det finns raderade adresser som har sagt nej, men ingen nyckel att känna igen dem med. "
    "Sätt {name} som förut.",
    name="COMMS_WEB__KEYS",
)
"""Why no issue goes out while noes of erased people cannot be told apart."""

LOOK_BACK = timedelta(days=7)
"""How far back an entry that was named on the command line is sought."""


@contextmanager
def ledger(house: House, *, urgent: bool = False) -> Iterator[Store]:
    """Open the workspace's ledger, and close it. `urgent`: even when the disk is full."""
    store = open_store(house.database_url, beside=house.memory, at=crash_points(), urgent=urgent)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def ledger_if_any(house: House) -> Iterator[Store | None]:
    """The same to look into, None where there is none yet: looking must leave no trace."""
    if not house.has_ledger:
        yield None
        return
    with ledger(house) as store:
        yield store


def facts_without_touching(house: House) -> LedgerFacts:
    """What the ledger knows, without creating one: looking must leave no trace."""
    if not house.has_ledger:
        return LedgerFacts()
    with ledger(house) as store:
        return replace(store.facts(), readers=lambda newsletter: _readers(house, newsletter))


def _readers(house: House, newsletter: str) -> Iterator[Reader]:
    """A newsletter's subscribers, from a ledger that is open for that long."""
    with ledger(house) as store:
        yield from store.subscribers.readers(newsletter)


def world(house: House, facts: LedgerFacts) -> World:
    """What planning stands on.

    An item that shows a picture that is retracted, or whose consent somebody has taken back, cannot go out
    until it is edited; nor can what was approved with it. No issue can while nobody can tell whose the noes
    of the erased are.
    """
    forbidden = dict(_forbidden(house.workspace, facts))
    faults = {**house.faults, **forbidden}
    if misses_keys(house.settings, facts):
        faults.setdefault("audiences.yaml", NO_KEYS)
    facts = _recognized(house, facts)
    return World(house.workspace, house.settings, facts, faults, forbidden, house.said)


def misses_keys(settings: Settings, facts: LedgerFacts) -> bool:
    """Whether erased addresses have said no, and there is no key to know them by."""
    return not _ring(settings) and any(key.startswith(ERASED) for _, key in _noes(facts))


def _ring(settings: Settings) -> Sequence[Secret]:
    return settings.web.keys if settings.web else ()


def _noes(facts: LedgerFacts) -> Iterator[tuple[str, str]]:
    """Every standing no, by newsletter and address key."""
    yield from ((ALL_NEWSLETTERS, key) for key in facts.suppressed)
    yield from facts.left


def _recognized(house: House, facts: LedgerFacts) -> LedgerFacts:
    """The facts, where erased people in audiences.yaml are known again: their noes are under keyed hashes."""
    hashed: defaultdict[str, set[str]] = defaultdict(set)
    for newsletter, key in _noes(facts):
        if key.startswith(ERASED):
            hashed[key].add(newsletter)
    if not hashed:
        return facts
    ring = _ring(house.settings)
    found = {
        (newsletter, key)
        for key in {address_key(row.address) for row in house.workspace.audiences.recipients}
        for one in erased_keys(key, ring)
        for newsletter in hashed.get(one, ())
    }
    return replace(
        facts,
        suppressed=facts.suppressed | {key for newsletter, key in found if newsletter == ALL_NEWSLETTERS},
        left=facts.left | {one for one in found if one[0] != ALL_NEWSLETTERS},
    )


def _forbidden(workspace: Workspace, facts: LedgerFacts) -> Iterator[tuple[str, Text]]:
    """Items by path, retracted or with a picture that they may not show; a copy is the same picture."""
    withdrawals = Pictures.of((*workspace.items.values(), *workspace.broken.values()))
    retracted = {*facts.retracted, *(workspace.digests.get(path, "") for path in facts.retracted)} - {""}
    for item in workspace.items.values():
        if item.slug in facts.retracted:
            why = facts.retracted[item.slug]
            yield item.path, say("{path}: nyheten är tillbakadragen: {why}", path=item.path, why=why)
        for picture in item.pictures:
            told = withdrawals.withdrawal_of(picture)
            if {picture.path, picture.sha256} & retracted:
                reason = say(
                    "{path}: bilden {picture} är tillbakadragen. Ta bort den ur nyheten.",
                    path=item.path,
                    picture=picture.path,
                )
            elif told:
                reason = say(
                    "{path}: samtycket för bilden {picture} är återkallat {day} (se {other}). "
                    "Ta bort den ur nyheten.",
                    path=item.path,
                    picture=picture.path,
                    day=told.withdrawn_on,
                    other=told.path,
                )
            else:
                continue
            yield item.path, reason


def make_plan(house: House, facts: LedgerFacts, since: datetime, until: datetime) -> Plan:
    """Everything due after `since` and not after `until` (UTC)."""
    return build(world(house, facts), since, until)


def find_entry(house: House, facts: LedgerFacts, identity: str, now: datetime) -> Entry:
    """The entry with an id, held or to come. Raises `UsageError` when there is none."""
    frozen = facts.frozen.get(identity)
    past = frozen.at - timedelta(minutes=1) if frozen else now - LOOK_BACK
    ahead = make_plan(house, facts, now, max(_far_enough(identity, now), frozen.at if frozen else now))
    # What is to come is planned from now, as `comms plan` does: free slots and newness depend on it.
    found = _named(ahead, identity) or _named(make_plan(house, facts, past, now), identity)
    if found is not None:
        return found
    for skip in ahead.skips:
        if skip.what.startswith(identity):
            raise UsageError(say("{id} är inte i planen: {reason}", id=identity, reason=skip.reason))
    raise UsageError(say("Ingenting i planen heter ”{id}”. Se namnen med: comms plan", id=identity))


def _far_enough(identity: str, now: datetime) -> datetime:
    """Until when an entry is sought. An issue's id ends with its day: nobody is counted for later ones."""
    furthest = now + HORIZON * 6
    with suppress(ValueError):
        day = datetime.fromisoformat(identity[-len("2026-12-01") :]).replace(tzinfo=UTC)
        return max(now, min(furthest, day) + timedelta(days=2))
    return furthest


def _named(plan: Plan, identity: str) -> Entry | None:
    return next((entry for entry in plan.entries if entry.id == identity), None)
