"""Delivery of what is due: channels opened, first copies looked at, the outbox drained, the rest told."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from comms.app import digesting, telling
from comms.app.adopting import is_restored
from comms.app.bouncing import ReturnReport, heed_refusals
from comms.app.clock import utc_now
from comms.app.crashing import crash_points
from comms.app.expiring import renew_keys
from comms.app.finding import SETTLING, seek
from comms.app.house import House
from comms.app.inviting import mail_tickets
from comms.app.outgoing import Outbox, has_name
from comms.app.preflight import Preflight, is_due, take_off
from comms.app.remembering import LedgerMemory, Lock, lock
from comms.app.wording import DELIVERY
from comms.channels.base import Channel
from comms.channels.registry import open_channel
from comms.deliver import DrainReport, Limits, Work, alarm, drain
from comms.errors import ChannelDown, ConfigError, ContentError, ExitCode, Text, say
from comms.model.ledger import Delivery, DeliveryState, SlotState
from comms.model.plan import EntryKind
from comms.store import Slot, Store

_FAILED = frozenset({DeliveryState.REJECTED, DeliveryState.UNKNOWN, DeliveryState.HELD})


@dataclass(frozen=True)
class Hands:
    """What a run reaches the outside with: how it is told to stop, and whom it tells of each delivery."""

    stop: Callable[[], bool] = lambda: False
    on_result: Callable[[Delivery], None] = lambda _delivery: None
    on_total: Callable[[int], None] = lambda _total: None


@dataclass
class RunReport:
    """What a run did. `busy`: another run has the lock. `refused`: it may not send, and why.

    `known`: how many copies the journal of an earlier run says have been accepted (a restored database).
    `found`: posts whose fate was unknown until their network was asked. `unfed`: why feeds were not asked,
    which is no fault of the letters and changes no exit code.
    """

    busy: bool = False
    refused: Text | None = None
    started: list[str] = field(default_factory=list)
    known: dict[str, int] = field(default_factory=dict)
    held: list[tuple[str, Text]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    stuck: list[tuple[str, Text]] = field(default_factory=list)
    recovered: list[Delivery] = field(default_factory=list)
    found: list[Delivery] = field(default_factory=list)
    unbacked: Text | None = None
    unfed: Text | None = None
    returned: ReturnReport | None = None
    late: dict[str, int] = field(default_factory=dict)
    preflights: list[Preflight] = field(default_factory=list)
    resting: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    paused: dict[str, Text] = field(default_factory=dict)
    drained: DrainReport | None = None
    failed: dict[str, int] = field(default_factory=dict)
    unsent_notices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def exit_code(self) -> ExitCode:
        """Deliveries that failed or have an unknown fate, or an officer who could not be told, are 3."""
        troubles = (
            self.failed, self.stuck, self.unsent_notices, self.late, self.paused, self.refused, self.resting,
            self.drained and self.drained.down, self.unbacked,
        )  # fmt: skip
        return ExitCode.DELIVERIES if any(troubles) else ExitCode.DONE


def owner_name(began: datetime) -> str:
    """A name that no other process has ever had: machine, process, time and a little chance."""
    moment = f"{began.astimezone(UTC):%Y%m%dT%H%M%S.%f}"
    return f"{socket.gethostname()}:{os.getpid()}:{moment}:{secrets.token_hex(3)}"


def deliver(
    house: House,
    store: Store,
    now: datetime,
    hands: Hands,
    report: RunReport,
    *,
    seen: datetime | None = None,
    only: Collection[str] | None = None,
) -> None:
    """Drain what is open through every channel (or `only` some), then close, tell and count.

    `seen` is when somebody was last at work here: what should have gone long before now is held.
    """
    began = utc_now()
    owner = owner_name(began)

    def clock() -> datetime:
        return now + (utc_now() - began)  # --now moves the clock, it does not stop it

    _hold_late(house, store, max(filter(None, (seen, store.last_seen())), default=None), now, report)
    store.begin_work(owner, now)
    _pause_without_a_way(house, store, now, report)
    channels = {slug: one for slug, one in _opened(house, store, clock) if only is None or slug in only}
    running = [slot.id for slot in store.slots(SlotState.RUNNING)]
    try:
        renew_keys(store, channels, now)
        mail_tickets(house, store, channels, now)  # first: somebody sits and waits for it
        ready = dict(_ready(house, store, channels, now, report))
        outbox = Outbox(house, store, now)
        # Alone on the machine: whoever had a post in hand is dead, however lately it gave a sign of life.
        others = {worker.owner for worker in store.workers(now)} - {owner} if store.shared else set()
        report.found += seek(store, ready, outbox, now, owners=others, before=seen)
        hands.on_total(sum(store.due(now).get(slug, 0) for slug in ready))
        work = Work(
            owner,
            outbox,
            clock,
            limits=_limits(house),
            stop=hands.stop,
            on_result=hands.on_result,
            at=crash_points(),
            zone=house.zone,
        )
        report.drained = drain(store, ready, work)
        report.paused |= report.drained.paused
        report.found += seek(store, ready, outbox, clock(), owners=others, before=now)
        report.resting |= {
            slug: (rest.until.astimezone(house.zone), rest.reason)
            for slug, rest in store.resting(clock()).items()
            if slug in report.drained.down
        }
        _tell(house, store, running, now, report)
        _tell_of_posts(house, store, clock())
        if only is None or telling.way_to_the_officer(house) in only:
            report.unsent_notices = _tell_the_officer(house, store, channels, now)
    finally:
        for channel_in_use in channels.values():
            channel_in_use.close()
    store.end_work(owner, clock())


def _limits(house: House) -> dict[str, Limits]:
    return {slug: Limits(one.rates, one.domain_rates) for slug, one in house.settings.channels.items()}


def _hold_late(house: House, store: Store, seen: datetime | None, now: datetime, report: RunReport) -> None:
    """Hold what should have gone out while nobody was at work, for longer than its channel allows."""
    for slug, channel in house.settings.channels.items():
        if seen is not None and now - seen > channel.max_lateness:
            held = store.hold_late(slug, now - channel.max_lateness, now)
            if held:
                report.late[slug] = held
                store.notice(*telling.late(slug, held, seen, now), now)
    if seen != now:  # else a person is at the desk, and knows that it is late
        _hold_late_posts(house, store, now, report)


def lateness(house: House, item: str, channel: str) -> timedelta:
    """How late something may go out on a channel: the post of an item by its own rule, when it has one."""
    known = house.workspace.items.get(item)
    own = (draft.latest for draft in known.posts if draft.channel == channel) if known else iter(())
    return next(own, None) or house.settings.channels[channel].max_lateness


def _hold_late_posts(house: House, store: Store, now: datetime, report: RunReport) -> None:
    """Hold posts that have been tried for longer than their own rule lets them be late.

    Counted from the first attempt.
    """
    for slot in store.slots(SlotState.RUNNING):
        if slot.kind is not EntryKind.POST or slot.channel not in house.settings.channels:
            continue
        latest = lateness(house, slot.item, slot.channel)
        tried = [row.first_attempt_at for row in store.deliveries(slot.id) if row.first_attempt_at]
        if tried and now - min(tried) > latest and (held := store.hold_slot(slot.id, now)):
            report.late[slot.channel] = report.late.get(slot.channel, 0) + held


def _opened(house: House, store: Store, clock: Callable[[], datetime]) -> Iterator[tuple[str, Channel]]:
    """Every channel that can be opened; one that is set up wrongly is told of and stops no other."""
    now = clock()
    locked = _lock_or_why(house, store, now)
    for slug, one in house.settings.channels.items():
        try:
            memory = LedgerMemory(store, slug, locked, now)
            yield slug, open_channel(one, out=house.out.as_posix(), memory=memory, now=clock)
        except ConfigError as refused:
            store.notice(*telling.channel_stopped(slug, refused.message, f"{now:%Y-%m-%d}"), now)


def _lock_or_why(house: House, store: Store, now: datetime) -> Lock | None:
    """The lock of what channels remember; a key that is none is told of, and stops nothing else."""
    try:
        return lock(house.settings.memory_keys)
    except ConfigError as refused:
        store.notice(f"memory-key:{now:%Y-%m-%d}", str(refused.message), f"{refused.message}\n", now)
        return None


def _ready(
    house: House, store: Store, channels: dict[str, Channel], now: datetime, report: RunReport
) -> Iterator[tuple[str, Channel]]:
    """The channels that may be used now: not those that rest, nor those that refuse an issue's first copy."""
    resting = store.resting(now)
    for slug, channel in channels.items():
        rest = resting.get(slug)
        if rest is not None:
            report.resting[slug] = (rest.until.astimezone(house.zone), rest.reason)
            continue
        try:
            looked = [
                _look_before(house, store, slot, channel, now, report)
                for slot in store.slots(SlotState.RUNNING)
                if slot.channel == slug
            ]
        except ChannelDown as down:
            until = store.rest(slug, str(down), down.retry_after, now)
            report.resting[slug] = (until.astimezone(house.zone), str(down))
            store.notice(*telling.channel_stopped(slug, down.message, f"{now:%Y-%m-%d}"), now)
        else:
            if all(looked):
                yield slug, channel


def _look_before(
    house: House, store: Store, slot: Slot, channel: Channel, now: datetime, report: RunReport
) -> bool:
    """What is looked at before an issue goes on: its first copy, and whether it goes as it should.

    False while another worker stands before the same first copy: the officer gets one to look at.
    """
    reason = alarm(store.course(slot.id))
    if reason is None and is_due(store, slot):
        with store.only_one(f"preflight:{slot.id}") as mine:
            if not mine:
                return False
            if is_due(store, slot):
                reason = _taken_off(house, store, slot, channel, now, report)
    if reason is not None and store.pause(slot.id, str(reason), now):
        report.paused[slot.id] = reason
    return True


def _taken_off(
    house: House, store: Store, slot: Slot, channel: Channel, now: datetime, report: RunReport
) -> Text | None:
    """Look before the first copy; why the issue must wait for a person, if so."""
    try:
        seen, reason = take_off(house, store, slot, channel, now)
    except (ConfigError, ContentError) as broken:  # what is frozen cannot be made into letters any more
        return broken.message
    report.preflights.append(seen)
    return reason


def close_and_tell(house: House, store: Store, now: datetime, report: RunReport) -> None:
    """Close what is finished and tell what went wrong, also of what dead workers left."""
    _tell(house, store, [slot.id for slot in store.slots(SlotState.RUNNING)], now, report)


def warn(house: House, store: Store, reason: Text, now: datetime) -> list[tuple[str, str]]:
    """Tell the officer that nothing is sent, and why; once a day. Gives what could not be told.

    Not from a backup that was put back: no mail leaves it, and who put it back was told.
    """
    if is_restored(store):
        return []
    store.notice(*telling.nothing_is_sent(reason, f"{now:%Y-%m-%d}"), now)
    channels = dict(_opened(house, store, lambda: now))
    try:
        return _tell_the_officer(house, store, channels, now)
    finally:
        for channel in channels.values():
            channel.close()


def _pause_without_a_way(house: House, store: Store, now: datetime, report: RunReport) -> None:
    """Pause what was to go by a channel that comms.yaml no longer has: nothing would ever take it."""
    for slot in store.slots(SlotState.RUNNING):
        if slot.channel not in house.settings.channels:
            reason = say("Kanalen {channel} finns inte längre i comms.yaml.", channel=slot.channel)
            if store.pause(slot.id, str(reason), now):
                report.paused[slot.id] = reason


def _tell(house: House, store: Store, running: list[str], now: datetime, report: RunReport) -> None:
    heed_refusals(house, store, now)
    for channel, reason in (report.drained.down if report.drained else {}).items():
        store.notice(*telling.channel_stopped(channel, reason, f"{now:%Y-%m-%d}"), now)
    for identity, reason in report.paused.items():
        store.notice(*telling.paused(identity, store.slot(identity), reason, now), now)
    store.close_finished_slots(now)
    for identity in dict.fromkeys((*running, *_in_doubt(store), *(row.slot_id for row in report.found))):
        tell_of_failures(store, identity, now, report)


def _in_doubt(store: Store) -> Iterator[str]:
    """The posts that may be published and that nobody has decided about: closed, and told of all the same."""
    for row in store.unknown():
        slot = store.slot(row.slot_id) if row.edition_id is None else None
        if slot is not None and slot.state is not SlotState.CANCELLED:
            yield slot.id


def _tell_of_posts(house: House, store: Store, now: datetime) -> None:
    """Tell of packages that are ready, and of what is published. Of several workers one does it."""
    with store.only_one("posts") as mine:
        if mine:
            telling.tell_of_packages(house, store, now)
            digesting.tell_of_posts(house, store, now)


def _tell_the_officer(
    house: House, store: Store, channels: dict[str, Channel], now: datetime
) -> list[tuple[str, str]]:
    """Hand over the officer's letters; those that could not be, with why. Of several workers one does it."""
    with store.only_one("officer") as mine:
        if not mine:
            return []
        return [(notice.subject, why) for notice, why in telling.drain_notices(house, store, channels, now)]


def tell_of_failures(store: Store, identity: str, now: datetime, report: RunReport) -> None:
    """Tell the officer who has not got an entry for certain, when there are any."""
    slot = store.slot(identity)
    if slot is not None and slot.kind is EntryKind.POST:
        _tell_of_post(store, slot, now, report)
        return
    if not any(store.counts(identity).get(state) for state in _FAILED):
        return
    lines = [
        f"{row.recipient}: {DELIVERY[row.state]}, {row.reason}"
        for row in store.deliveries(identity)
        if row.state in _FAILED
    ]
    report.failed[identity] = len(lines)
    store.notice(*telling.troubled(identity, slot.title if slot else identity, lines), now)


def _tell_of_post(store: Store, slot: Slot, now: datetime, report: RunReport) -> None:
    """Tell of a post that failed, or that must be tried again: the officer hears of both at once."""
    rows = list(store.deliveries(slot.id))
    _tell_what_came_of_it(store, slot, rows, now)
    failed = [row for row in rows if row.state in _FAILED]
    if failed:
        report.failed[slot.id] = len(failed)
        sure = [row for row in failed if not _may_be_found(row, now)]
        if sure:
            store.notice(*telling.post_troubled(slot, store.post(slot.id), sure, _plan(store, rows)), now)
        for row in sure:
            if row.state is DeliveryState.UNKNOWN:
                store.remember_told(telling.doubt(row, row.attempt), slot.title, now)
        return
    tried = next((row for row in rows if row.state is DeliveryState.PLANNED and row.reason), None)
    if tried is not None and slot.state is SlotState.RUNNING and slot.channel not in report.resting:
        store.notice(*telling.post_waits(slot, store.post(slot.id), tried, now), now)


def _may_be_found(row: Delivery, now: datetime) -> bool:
    """Whether what is unknown may still settle by itself: until then there is nothing to ask a person."""
    return row.state is DeliveryState.UNKNOWN and now - row.updated_at < SETTLING


def _plan(store: Store, rows: list[Delivery]) -> str:
    """The fingerprint to send the rest with; "" when it cannot go on from a part that has no name."""
    if any(row.state is DeliveryState.ACCEPTED and not has_name(row.receipt) for row in rows):
        return ""
    approval = store.approval(rows[0].slot_id)
    return approval.fingerprint if approval else "FINGERAVTRYCK"


def _tell_what_came_of_it(store: Store, slot: Slot, rows: list[Delivery], now: datetime) -> None:
    """Tell once how it went with a part that the officer was told may be published."""
    for row in rows:
        if row.state is DeliveryState.ACCEPTED:
            tries = range(row.attempt, 0, -1)
            asked_of = next((one for one in tries if store.was_told(telling.doubt(row, one))), 0)
            if asked_of:
                out = store.outcomes.post(slot.id)
                link = out.link if out else ""
                post = store.post(slot.id)
                store.notice(*telling.came_out(slot, post, row, link, again=asked_of < row.attempt), now)
