"""Approval: a person's yes to a fingerprint, once the questions are answered; it freezes every byte."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from comms.app.answering import Answering, refuse_unanswered
from comms.app.forbidding import Noes
from comms.app.house import House
from comms.app.planning import make_plan
from comms.app.rendering import Rendered, quiet, render_entry
from comms.app.signing import unusable_keys
from comms.app.wording import SLOT
from comms.errors import ContentError, PlanChanged, Severity, Text, UsageError, say
from comms.model.ledger import SlotState
from comms.model.plan import Entry, EntryKind, LedgerFacts
from comms.plan.fingerprint import manifest

SHORTEST = 8
"""How much of a fingerprint must be given."""

NOTHING_TO_SEND = say("Inget nytt att berätta.")
"""Why an issue without any edition is skipped."""

_OPEN = frozenset({SlotState.PLANNED, SlotState.APPROVED, SlotState.HELD})


def same(entry: Entry, fingerprint: str) -> bool:
    """Whether a person's fingerprint, or its beginning, is the entry's."""
    return len(fingerprint) >= SHORTEST and entry.fingerprint.startswith(fingerprint)


def prepare(
    house: House, entry: Entry, *, fingerprint: str, progress: Callable[[int, int], None] = quiet
) -> Rendered:
    """What would be frozen. Raises `PlanChanged`, `ContentError`, `TemplateError` or `UsageError`."""
    if not same(entry, fingerprint):
        raise PlanChanged(
            say(
                "{id} har fingeravtrycket {now}, inte {given}: planen är en annan än den ni såg. "
                "Se den med: comms plan {id}",
                id=entry.id,
                now=entry.fingerprint,
                given=fingerprint,
            )
        )
    refuse_blocked(entry)
    if entry.state not in _OPEN:
        raise UsageError(say("{id} är redan {state}.", id=entry.id, state=SLOT[entry.state]))
    if entry.nothing_to_send:
        raise UsageError(say("{id} har inget att sända. {why}", id=entry.id, why=NOTHING_TO_SEND))
    rendered = render_entry(house, entry, progress=progress)
    errors = tuple(problem for problem in rendered.problems if problem.severity is Severity.ERROR)
    if errors:
        raise ContentError(say("{id} kan inte godkännas förrän detta är rättat.", id=entry.id), errors)
    return rendered


def warnings(house: House, entries: Iterable[Entry]) -> list[Text]:
    """What would stop the entries once they are sent, and may be mended until then.

    No refusal: the keys may lie on the machine that sends.
    """
    return unusable_keys(house) if any(entry.kind is EntryKind.ISSUE for entry in entries) else []


def approve(person: Answering, entry: Entry, rendered: Rendered) -> None:
    """Freeze an entry as `prepare` made it.

    Raises `ContentError` while a question is unanswered, or when something in it was retracted meanwhile: a
    person who was asked may have taken an hour to answer.
    """
    house = person.house
    refuse_unanswered(house, person.store, entry)
    made_of = manifest(entry, house.workspace, house.settings)
    noes = Noes.of(house, person.store.facts()).against(entry.items, made_of.parts)
    refuse_blocked(replace(entry, blocked=tuple(noes)))
    person.store.freeze(
        entry,
        fingerprint=entry.fingerprint,
        manifest=made_of,
        editions=rendered.editions,
        post=rendered.post,
        blobs=rendered.blobs,
        by=person.by,
        now=person.now,
    )


def waiting(house: House, facts: LedgerFacts, since: datetime, until: datetime) -> list[Entry]:
    """What waits for an approval, blocked or not."""
    return [
        entry
        for entry in make_plan(house, facts, since, until).entries
        if not (entry.approved or entry.nothing_to_send) and entry.state in _OPEN
    ]


def refuse_blocked(entry: Entry) -> None:
    """Raise `ContentError` when the entry has something broken in it."""
    if entry.blocked:
        reasons = "\n".join(f"  {reason}" for reason in entry.blocked)
        raise ContentError(say("{id} är blockerad:\n{reasons}", id=entry.id, reasons=reasons))
