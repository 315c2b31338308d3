"""Runs: what is due starts, what may not is held and told, what is open is delivered.

`tick` does it for the clock and for cron alike; `send` for one entry on a person's word. Both are
idempotent: a slot is one row, a delivery is one row, and only one run at a time holds the lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from comms.app import calling_back, digesting, feeding, telling
from comms.app.approving import NOTHING_TO_SEND, refuse_blocked, same
from comms.app.bouncing import read_returns
from comms.app.clock import utc_now
from comms.app.delivering import Hands, RunReport, close_and_tell, deliver, lateness, warn
from comms.app.expiring import note_keys, warn_of_expiry
from comms.app.forbidding import forbidden_runs
from comms.app.hashed import exit_names
from comms.app.house import House
from comms.app.judging import fault_of
from comms.app.keeping import A_TURN, keep
from comms.app.keyrings import watch_keys
from comms.app.planning import find_entry, make_plan, world
from comms.app.publishing import publish
from comms.app.reconciling import recall
from comms.app.rendering import consents_on, refuse_without_consent
from comms.app.served import is_served
from comms.app.unsubscribing import read_mailbox
from comms.app.wording import SLOT, fenced
from comms.errors import ConfigError, PlanChanged, Severity, StoreError, Text, UsageError, say
from comms.model.ledger import DeliveryState, SlotState, part_recipient
from comms.model.plan import Entry, EntryKind, LedgerFacts, Recipient
from comms.model.settings import SOCIAL, ChannelKind
from comms.model.subscriber import Reader
from comms.plan.fingerprint import changes
from comms.plan.issues import recipients
from comms.store import Remembrance, Store, read_clocks

NOTICE_AHEAD = timedelta(hours=24)
"""How long before its slot an unapproved entry is announced to the officer."""

_SCHEDULABLE = timedelta(minutes=11)
"""Facebook's own schedule takes nothing nearer than ten minutes; what is nearer goes at its time."""

_BEGUN = frozenset({SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE})
_OURSELVES, _CLEARED = "comms", "cleared"
_MOVED = 5  # a count of recipients that moved by more than a fifth asks again
BACKWARD = timedelta(minutes=1)
"""A clock that goes back further than this stops the sending until it has caught up."""

FORWARD = timedelta(hours=1)
"""A clock that is set forward further than this asks a person: what is due then may not be due at all."""


def tick(
    house: House,
    store: Store,
    now: datetime,
    hands: Hands | None = None,
    *,
    hand_over: Callable[[RunReport], None] | None = None,
) -> RunReport:
    """Do what is due at `now`, once.

    `hand_over` spreads deliveries over workers instead of making them here.
    """
    report = RunReport()
    with store.alone() as alone:
        if not alone:
            return RunReport(busy=True)
        report.refused = may_not(store, now)
        if report.refused is not None:
            report.unsent_notices = warn(house, store, report.refused, now)
            return report
        report.recovered = store.recover(now, exclusive=not store.shared)
        read_mailbox(house, store, now)  # before anything is sent: a no that has come by mail is a no
        report.returned = read_returns(house, store, now)
        report.paused |= report.returned.stopped
        began, last = utc_now(), store.runs.last()
        since = last.now if last else now - max(c.max_lateness for c in house.settings.channels.values())
        for entry in _due(house, store.facts(), since, now):
            _start_due(house, store, entry, now, report)
        for entry in _ahead(house, store.facts(), now):
            _start_due(house, store, entry, now, report)
        calling_back.look_back(house, store, now)
        _pause_forbidden(house, store, now, report)
        for entry in make_plan(house, store.facts(), now, now + NOTICE_AHEAD).entries:
            _announce(house, store, entry, now)
        store.memories.forget_old(now)
        note_keys(house, store, now)
        watch_keys(house, store, now)
        warn_of_expiry(house, store, now)
        telling.call_for(house, store, now)
        digesting.tell_of_the_week(house, store, last.now if last else None, now)
        # Only now is all up to `now` accounted for: a run that died before this is done again.
        run = store.runs.begin(began, now)
        _tend(house, store, now, report)
        seen = last.now if last else None
        if hand_over is None and not store.shared:
            deliver(house, store, now, hands or Hands(), report, seen=seen)
    if hand_over is not None:
        close_and_tell(house, store, now, report)
        hand_over(report)
    elif store.shared:
        deliver(house, store, now, hands or Hands(), report, seen=seen)
    _clear(house, store, now)  # after the letters: they wait for nobody
    store.runs.end(run, utc_now(), _outcome(report))
    # News of others can wait for ours, and for no lock.
    report.unfed = feeding.pull_in_a_run(house, store, now, (hands or Hands()).stop)
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
    with store.alone() as alone:
        if not alone:
            return RunReport(busy=True)
        refused = may_not(store, now)
        if refused is not None:
            return RunReport(refused=refused)
        report = RunReport(recovered=store.recover(now, exclusive=not store.shared))
        facts = store.facts()
        entry = find_entry(house, facts, identity, now)
        _refuse_unless_approved(house, store, entry, fingerprint)
        if entry.state not in _BEGUN:
            refuse_without_consent(house, entry, now)
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
        _pause_forbidden(house, store, now, report)
        # A person is at the desk and wants it sent: that it is late is known.
        deliver(house, store, now, hands or Hands(), report, seen=now)
        return report


def _tend(house: House, store: Store, now: datetime, report: RunReport) -> None:
    """Daily care of the ledger. A backup that cannot be made is told, and keeps no letter waiting."""
    day = f"{now.astimezone(house.zone):%Y-%m-%d}"
    try:
        store.tend(day)
    except StoreError as failed:
        report.unbacked = failed.message
        store.notice(*telling.no_backup(failed.message, day), now)


def _clear(house: House, store: Store, now: datetime) -> None:
    """Once a day, a little at a time, let go of what is known of persons and has been kept long enough."""
    day = f"{now.astimezone(house.zone):%Y-%m-%d}"
    before = store.memories.find(_OURSELVES, _CLEARED)
    if before is not None and before.value == day:
        return
    try:
        if keep(house, store, now, dry=False, most=A_TURN).more:
            return
    except ConfigError:  # audiences.yaml is broken, which is told elsewhere: the next run tries again
        return
    except StoreError as failed:
        store.notice(*telling.not_cleared(failed.message, day), now)
    store.memories.keep(Remembrance(_OURSELVES, _CLEARED, day, locked=False, until=None, updated_at=now))


def may_not(store: Store, now: datetime) -> Text | None:
    """Why nothing may be sent just now: an old copy of the ledger, or a clock that cannot be right.

    Raises StoreError for a damaged database.
    """
    reason = store.fence_if_old(now)
    if reason:
        return fenced(reason)
    store.verify()
    store.check_clock(utc_now())
    return _clock_is_wrong(store, now)


def _clock_is_wrong(store: Store, now: datetime) -> Text | None:
    """Compare with the last run, and the wall clock with the time since the machine started."""
    last = store.runs.last()
    if last is not None and last.now - now > BACKWARD:
        return say(
            "Inget sänds: klockan är {now}, men senaste körningen var {last} (UTC). Ställ klockan rätt, "
            "eller vänta tills den har hunnit ikapp.",
            now=f"{now:%Y-%m-%d %H:%M}",
            last=f"{last.now:%Y-%m-%d %H:%M}",
        )
    before = store.last_reading()
    jump = before.jump(read_clocks()) if before else timedelta(0)
    if jump > FORWARD:
        hours = f"{jump / timedelta(hours=1):.1f}"
        return say(
            "Inget sänds: klockan har ställts fram {hours} timmar sedan sist. "
            "Stämmer den nu, kör: comms adopt",
            hours=hours,
        )
    return None


def _due(house: House, facts: LedgerFacts, since: datetime, now: datetime) -> Iterator[Entry]:
    """Approved entries from before the last run that are still open, and all whose time has come since."""
    left = [frozen.at for frozen in facts.frozen.values() if frozen.state is SlotState.APPROVED]
    if left and min(left) <= since:
        before = make_plan(house, facts, min(left) - timedelta(minutes=1), since)
        yield from (entry for entry in before.entries if entry.state is SlotState.APPROVED)
    yield from make_plan(house, facts, since, now).entries


def _ahead(house: House, facts: LedgerFacts, now: datetime) -> Iterator[Entry]:
    """Approved posts of channels that are handed them ahead of their time."""
    for slug, channel in house.settings.channels.items():
        if channel.ahead:
            for entry in make_plan(house, facts, now, now + channel.ahead).entries:
                ready = entry.state is SlotState.APPROVED and not entry.voided and not entry.blocked
                in_time = channel.kind is ChannelKind.MANUAL or entry.moment.at - now > _SCHEDULABLE
                if entry.channel == slug and entry.kind is EntryKind.POST and ready and in_time:
                    yield entry


def _announce(house: House, store: Store, entry: Entry, now: datetime) -> None:
    if entry.nothing_to_send and entry.state is SlotState.PLANNED:
        store.notice(*telling.nothing_to_send(house, entry), now)
    elif entry.state is SlotState.PLANNED or entry.voided:
        store.notice(*telling.due_soon(house, entry), now)


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
            store.notice(*telling.cannot_start(house, entry, refused.message), now)
            report.stuck.append((entry.id, refused.message))
        return
    # The letter first: a run that dies between the two tells again, and the letter is the same one.
    store.notice(*telling.held(house, entry, reason), now)
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
    latest = lateness(house, entry.item, entry.channel)
    if now - entry.moment.at > latest:
        hours = f"{latest / timedelta(hours=1):g}"
        return say("Försenad mer än {hours} timmar: körningen var inte igång vid rätt tid.", hours=hours)
    today = now.astimezone(house.zone).date()  # a night may have passed since its time
    for problem in consents_on(house, entry, today):
        if problem.severity is Severity.ERROR:
            return say("Blockerad. {reason}", reason=fault_of(problem))
    return _recipients_moved(entry, store.facts())


def _pause_forbidden(house: House, store: Store, now: datetime, report: RunReport) -> None:
    """Stop what is on its way with something that somebody has said no to since; the officer is told."""
    for slot, reason in forbidden_runs(house, store):
        if store.pause(slot.id, str(reason), now):
            report.paused[slot.id] = reason


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
    if entry.state in _BEGUN and same(entry, fingerprint):
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
    if entry.state in _BEGUN:
        return
    if entry.state is SlotState.HELD:
        store.set_slot_state(entry.id, SlotState.APPROVED, "", now)
    publish(house, store, entry, now)
    answers = entry.kind is EntryKind.ISSUE and _page_answers(house, store, now)
    name = exit_names(house.settings.web.keys) if answers and house.settings.web else None
    store.start_run(entry.id, _rows(house, store, entry), now, name_exit=name)
    report.started.append(entry.id)
    known = recall(house, store, entry.id, now).settled
    if known:
        report.known[entry.id] = len(known)


def _page_answers(house: House, store: Store, now: datetime) -> bool:
    """Whether letters may promise that a page ends it; when one should and does not, the officer is told."""
    if house.settings.web is None:
        return False
    why = is_served(house.settings, nonce=secrets.token_urlsafe(16))
    if why is not None:
        day = f"{now.astimezone(house.zone):%Y-%m-%d}"
        store.notice(*telling.page_is_down(why, day), now)
    return why is None


def _rows(
    house: House, store: Store, entry: Entry
) -> Iterator[tuple[Recipient, int | None, DeliveryState, str]]:
    if entry.kind is EntryKind.POST:
        yield from _post_rows(house, store, entry)
        return
    editions = {(one.audience, one.municipality): number for number, one in store.editions(entry.id)}
    facts = replace(store.facts(), readers=lambda newsletter: _willing(store, newsletter))
    for recipient, skip in recipients(world(house, facts), entry, entry.editions):
        edition_id = editions.get((recipient.audience, recipient.municipality))
        if edition_id is None:
            continue  # a subscriber for whom this issue has no edition: the plan says how many
        if skip is None:
            yield recipient, edition_id, DeliveryState.PLANNED, ""
        else:
            yield recipient, edition_id, DeliveryState.SKIPPED, str(skip.reason)


def _willing(store: Store, newsletter: str) -> Iterator[Reader]:
    """A newsletter's subscribers, without those who have ended: the ledger need not know of them."""
    return (reader for reader in store.subscribers.readers(newsletter) if not reader.no)


def _post_rows(
    house: House, store: Store, entry: Entry
) -> Iterator[tuple[Recipient, int | None, DeliveryState, str]]:
    """A row for each part that is published by itself; a package has all of them."""
    channel = house.settings.channels[entry.channel]
    post = store.post(entry.id)
    parts = len(post.parts) if post is not None and channel.kind in SOCIAL else 1
    for part in range(parts):
        to = Recipient(part_recipient(entry.channel, part), channel.network, "", "")
        yield to, None, DeliveryState.PLANNED, ""


def _outcome(report: RunReport) -> dict[str, object]:
    counts = {state.value: n for state, n in report.drained.counts.items()} if report.drained else {}
    return {
        "started": report.started,
        "held": {identity: str(reason) for identity, reason in report.held},
        "skipped": report.skipped,
        "stuck": {identity: str(reason) for identity, reason in report.stuck},
        "recovered": len(report.recovered),
        "returned": report.returned.counts() if report.returned else {},
        "deliveries": counts,
    }
