"""Runs: what is due starts, what may not is held and told, what is open is delivered.

`tick` does it for the clock and for cron alike; `send` for one entry on a person's word. Both are
idempotent: a slot is one row, a delivery is one row, and only one run at a time holds the lock.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from comms.app import telling
from comms.app.approving import NOTHING_TO_SEND, refuse_blocked, same
from comms.app.clock import utc_now
from comms.app.house import House
from comms.app.outgoing import Outbox
from comms.app.planning import find_entry, make_plan
from comms.app.publishing import publish
from comms.app.wording import DELIVERY, SLOT
from comms.channels.base import Channel
from comms.channels.registry import open_channel
from comms.deliver import DrainReport, drain
from comms.errors import ConfigError, ExitCode, PlanChanged, Text, UsageError, say
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import Entry, EntryKind, LedgerFacts, Recipient
from comms.plan.fingerprint import changes
from comms.plan.recipients import assign
from comms.store import Store, single_sender

NOTICE_AHEAD = timedelta(hours=24)
"""How long before its slot an unapproved entry is announced to the officer."""

_MOVED = 5  # a count of recipients that moved by more than a fifth asks again
_FAILED = frozenset({DeliveryState.REJECTED, DeliveryState.UNKNOWN, DeliveryState.HELD})


@dataclass(frozen=True)
class Hands:
    """What a run reaches the outside with: how it is told to stop, and whom it tells of each delivery."""

    stop: Callable[[], bool] = lambda: False
    on_result: Callable[[Delivery], None] = lambda _delivery: None


@dataclass
class RunReport:
    """What a run did. `busy`: another run has the lock, and this one did nothing."""

    busy: bool = False
    started: list[str] = field(default_factory=list)
    held: list[tuple[str, Text]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    stuck: list[tuple[str, Text]] = field(default_factory=list)
    recovered: list[Delivery] = field(default_factory=list)
    drained: DrainReport | None = None
    failed: dict[str, int] = field(default_factory=dict)
    unsent_notices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> ExitCode:
        """Deliveries that failed or have an unknown fate, or an officer who could not be told, are 3."""
        down = bool(self.drained and self.drained.down)
        troubled = bool(self.failed or self.stuck or self.unsent_notices or down)
        return ExitCode.DELIVERIES if troubled else ExitCode.DONE


def tick(house: House, store: Store, now: datetime, hands: Hands | None = None) -> RunReport:
    """Do what is due at `now`, once."""
    with single_sender(store.lock_path) as alone:
        if not alone:
            return RunReport(busy=True)
        report = RunReport(recovered=store.recover(now, exclusive=True))
        began, last = utc_now(), store.last_run()
        since = last.now if last else now - max(c.max_lateness for c in house.settings.channels.values())
        for entry in _due(house, store.facts(), since, now):
            _start_due(house, store, entry, now, report)
        for entry in make_plan(house, store.facts(), now, now + NOTICE_AHEAD).entries:
            _announce(store, entry, now)
        # Only now is all up to `now` accounted for: a run that died before this is done again.
        run = store.begin_run(began, now)
        _deliver(house, store, now, hands or Hands(), report)
        store.end_run(run, utc_now(), _outcome(report))
        return report


def send(
    house: House,
    store: Store,
    identity: str,
    *,
    fingerprint: str,
    recipients: int | None,
    now: datetime,
    hands: Hands | None = None,
) -> RunReport:
    """Send one approved entry now.

    Raises `PlanChanged`, `ContentError` or `UsageError`; then nothing went out.
    """
    with single_sender(store.lock_path) as alone:
        if not alone:
            return RunReport(busy=True)
        report = RunReport(recovered=store.recover(now, exclusive=True))
        facts = store.facts()
        entry = find_entry(house, facts, identity, now)
        _refuse_unless_approved(house, store, entry, fingerprint)
        moved = _recipients_moved(entry, facts)
        if moved is not None and recipients != entry.recipients:
            raise PlanChanged(
                say(
                    "{id}: {moved} Bekräfta med --recipients {count}.",
                    id=identity,
                    moved=moved,
                    count=entry.recipients,
                )
            )
        _start(house, store, entry, now, report)
        _deliver(house, store, now, hands or Hands(), report)
        return report


def _due(house: House, facts: LedgerFacts, since: datetime, now: datetime) -> Iterator[Entry]:
    """Approved entries from before the last run that are still open, and all whose time has come since."""
    left = [frozen.at for frozen in facts.frozen.values() if frozen.state is SlotState.APPROVED]
    if left and min(left) <= since:
        before = make_plan(house, facts, min(left) - timedelta(minutes=1), since)
        yield from (entry for entry in before.entries if entry.state is SlotState.APPROVED)
    yield from make_plan(house, facts, since, now).entries


def _announce(store: Store, entry: Entry, now: datetime) -> None:
    if entry.nothing_to_send and entry.state is SlotState.PLANNED:
        store.notice(*telling.nothing_to_send(entry), now)
    elif entry.state is SlotState.PLANNED or entry.voided:
        store.notice(*telling.due_soon(entry), now)


def _start_due(house: House, store: Store, entry: Entry, now: datetime, report: RunReport) -> None:
    if entry.state not in {SlotState.PLANNED, SlotState.APPROVED}:
        return
    store.add_slot(entry, now)
    if entry.nothing_to_send and not entry.voided:
        store.set_slot_state(entry.id, SlotState.SKIPPED, str(NOTHING_TO_SEND), now)
        report.skipped.append(entry.id)
        return
    reason = _why_held(house, store, entry, now)
    if reason is None:
        try:
            _start(house, store, entry, now, report)
        except ConfigError as refused:  # it stays approved, and the next run tries again
            store.notice(*telling.cannot_start(entry, refused.message), now)
            report.stuck.append((entry.id, refused.message))
        return
    # The letter first: a run that dies between the two tells again, and the letter is the same one.
    store.notice(*telling.held(entry, reason), now)
    store.set_slot_state(entry.id, SlotState.HELD, str(reason), now)
    report.held.append((entry.id, reason))


def _why_held(house: House, store: Store, entry: Entry, now: datetime) -> Text | None:
    """Why an entry whose time has come may not go out, or None."""
    if entry.voided:
        return _changed(house, store, entry)
    if entry.blocked:
        return say("Blockerad. {reason}", reason=entry.blocked[0])
    if not entry.approved:
        return say("Inte godkänd.")
    latest = house.settings.channels[entry.channel].max_lateness
    if now - entry.moment.at > latest:
        hours = f"{latest / timedelta(hours=1):g}"
        return say("Försenad mer än {hours} timmar: körningen var inte igång vid rätt tid.", hours=hours)
    return _recipients_moved(entry, store.facts())


def _changed(house: House, store: Store, entry: Entry) -> Text:
    approval = store.approval(entry.id)
    found = changes(approval.manifest, house.workspace, house.settings) if approval else []
    what = "; ".join(str(change) for change in found) or str(say("planen är en annan"))
    return say("Ändrad efter godkännandet: {what}.", what=what)


def _recipients_moved(entry: Entry, facts: LedgerFacts) -> Text | None:
    """Say so when the count of recipients is another than at approval by more than a fifth."""
    frozen = facts.frozen.get(entry.id)
    before = sum(edition.recipients for edition in frozen.editions) if frozen else 0
    if entry.kind is EntryKind.POST or abs(entry.recipients - before) * _MOVED <= before:
        return None
    return say(
        "Antalet mottagare har gått från {before} till {after} sedan godkännandet.",
        before=before,
        after=entry.recipients,
    )


def _refuse_unless_approved(house: House, store: Store, entry: Entry, fingerprint: str) -> None:
    if entry.voided:
        raise PlanChanged(say("{id} sänds inte. {reason}", id=entry.id, reason=_changed(house, store, entry)))
    refuse_blocked(entry)
    if entry.state in {SlotState.RUNNING, SlotState.DONE} and same(entry, fingerprint):
        return
    if not entry.approved:
        raise PlanChanged(
            say(
                "{id} är inte godkänd. Godkänn med: comms approve {id} --plan {now}",
                id=entry.id,
                now=entry.fingerprint,
            )
        )
    if not same(entry, fingerprint):
        raise PlanChanged(
            say(
                "{id} är godkänd med fingeravtrycket {now}, inte {given}.",
                id=entry.id,
                now=entry.fingerprint,
                given=fingerprint,
            )
        )
    if entry.state in {SlotState.CANCELLED, SlotState.SKIPPED}:
        raise UsageError(say("{id} är {state} och kan inte sändas.", id=entry.id, state=SLOT[entry.state]))


def _start(house: House, store: Store, entry: Entry, now: datetime, report: RunReport) -> None:
    """Freeze the recipients and let deliveries begin; a second start changes nothing."""
    if entry.state in {SlotState.RUNNING, SlotState.DONE}:
        return
    if entry.state is SlotState.HELD:
        store.set_slot_state(entry.id, SlotState.APPROVED, "", now)
    publish(house, store, entry)
    store.start_run(entry.id, _rows(house, store, entry), now)
    report.started.append(entry.id)


def _rows(
    house: House, store: Store, entry: Entry
) -> Iterator[tuple[Recipient, int | None, DeliveryState, str]]:
    if entry.kind is EntryKind.POST:
        network = house.settings.channels[entry.channel].network
        yield Recipient(entry.channel, network, "", ""), None, DeliveryState.PLANNED, ""
        return
    editions = {(one.audience, one.municipality): number for number, one in store.editions(entry.id)}
    suppressed = store.facts().suppressed
    for recipient, skip in assign(house.workspace.audiences, editions, suppressed):
        edition_id = editions[(recipient.audience, recipient.municipality)]
        if skip is None:
            yield recipient, edition_id, DeliveryState.PLANNED, ""
        else:
            yield recipient, edition_id, DeliveryState.SKIPPED, str(skip.reason)


def _opened(house: House, store: Store, now: datetime) -> Iterator[tuple[str, Channel]]:
    """Every channel that can be opened; one that is set up wrongly is told of and stops no other."""
    for slug, one in house.settings.channels.items():
        try:
            yield slug, open_channel(one, out=house.out.as_posix())
        except ConfigError as refused:
            store.notice(*telling.channel_stopped(slug, refused.message, f"{now:%Y-%m-%d}"), now)


def _deliver(house: House, store: Store, now: datetime, hands: Hands, report: RunReport) -> None:
    """Drain what is open through every channel, then close, tell and count."""
    began = utc_now()
    settings = house.settings
    channels = dict(_opened(house, store, now))
    running = [slot.id for slot in store.slots(SlotState.RUNNING)]
    try:
        report.drained = drain(
            store,
            channels,
            Outbox(house, store, now),
            lambda: now + (utc_now() - began),  # --now moves the clock, it does not stop it
            owner=f"{socket.gethostname()}:{os.getpid()}:{began.astimezone(UTC):%Y%m%dT%H%M%S.%f}",
            stop=hands.stop,
            on_result=hands.on_result,
            rates={slug: one.rate for slug, one in settings.channels.items() if one.rate},
        )
        for channel, reason in report.drained.down.items():
            store.notice(*telling.channel_stopped(channel, reason, f"{now:%Y-%m-%d}"), now)
        store.close_finished_slots(now)
        for identity in running:
            _tell_of_failures(store, identity, now, report)
        report.unsent_notices = [
            (notice.subject, why) for notice, why in telling.drain_notices(house, store, channels, now)
        ]
    finally:
        for channel_in_use in channels.values():
            channel_in_use.close()


def _tell_of_failures(store: Store, identity: str, now: datetime, report: RunReport) -> None:
    lines = [
        f"{row.recipient}: {DELIVERY[row.state]}, {row.reason}"
        for row in store.deliveries(identity)
        if row.state in _FAILED
    ]
    if lines:
        slot = store.slot(identity)
        report.failed[identity] = len(lines)
        store.notice(*telling.troubled(identity, slot.title if slot else identity, lines), now)


def _outcome(report: RunReport) -> dict[str, object]:
    counts = {state.value: n for state, n in report.drained.counts.items()} if report.drained else {}
    return {
        "started": report.started,
        "held": {identity: str(reason) for identity, reason in report.held},
        "skipped": report.skipped,
        "stuck": {identity: str(reason) for identity, reason in report.stuck},
        "recovered": len(report.recovered),
        "deliveries": counts,
    }
