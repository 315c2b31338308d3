"""The outbox loop: claim, hand over, record, again. Knows the ledger and channels by their promises.

Each channel has hands, one for each connection; the desk, in the caller's thread, is the only one that
speaks with the ledger. What the hands ask for while a commit is under way shares the next one: intents and
ends of many copies, durable together. One copy is in flight a hand, and its end is committed before or
with the hand's next intent, so a crash leaves at most one copy a connection whose fate is unknown.

The loop takes what is due by claiming it, never from a list, so it may be stopped and started at any
moment.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from comms.channels.base import Channel
from comms.deliver import policy
from comms.deliver.hands import Done, Hand, Intent, Note
from comms.deliver.ports import DrainReport, LedgerPort, Limits, Work
from comms.errors import (
    ChannelDown,
    ChannelError,
    PermanentFailure,
    SenderRefused,
    StoreError,
    TemporaryFailure,
    Text,
    say,
)
from comms.model.ledger import Ask, Delivery, DeliveryState, End

LEASE = timedelta(minutes=30)
"""How long a claim lasts: more than every wait of one letter together, the ten minutes at the dot too."""

PATIENCE = timedelta(seconds=60)
"""How long a drain waits for a rate or a turn; what must wait longer is the next run's."""

_AHEAD = 12
"""How many copies are claimed for each hand at a time."""

_CLOSED = say("Körningen är slut.")
_AT_LEAST = timedelta(milliseconds=20)
_BEAT = 10.0
_COMPANY = 0.002  # seconds that a commit waits for more copies to share it
_LISTEN = 0.2  # seconds between looks at the call to stop


def drain(
    ledger: LedgerPort,
    channels: Mapping[str, Channel],
    work: Work,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> DrainReport:
    """Hand over everything that is due on `channels` (slug -> channel), until nothing is or `stop` says so.

    Raises StoreError when the ledger fails: nothing may be sent that cannot be remembered.
    """
    desk = _Desk(ledger, channels, work)
    try:
        while desk.turn():
            wait = desk.idle_for()
            if wait is not None:
                sleep(min(1.0, wait.total_seconds()))
        return desk.report()
    finally:
        desk.close()


class _Desk:
    """What stands between the hands and the ledger, in one thread."""

    def __init__(self, ledger: LedgerPort, channels: Mapping[str, Channel], work: Work) -> None:
        self._ledger = ledger
        self._channels = channels
        self._work = work
        self._notes: SimpleQueue[Note] = SimpleQueue()
        self._free: dict[str, list[Hand]] = {slug: [] for slug in channels}
        self._hands: list[Hand] = []
        self._busy = 0
        self._ready: dict[str, deque[Delivery]] = {slug: deque() for slug in channels}
        self._next: dict[str, datetime | None] = dict.fromkeys(channels, work.clock())
        self._strikes: Counter[str] = Counter()
        self._working: set[str] = set()
        self._past_alarm: set[str] = set()
        self._counts: Counter[DeliveryState] = Counter()
        self._down: dict[str, Text] = {}
        self._paused: dict[str, Text] = {}
        self._lost = 0
        self._stopped = False
        self._settled = time.monotonic()
        self._ends: list[tuple[Delivery, End]] = []
        self._intents: list[Intent] = []
        self._first = 0.0

    def turn(self) -> bool:
        """One round: hear the hands, commit for all of them at once, give out more; False when done."""
        self._stopped = self._stopped or self._work.stop()
        if self._stopped:
            self._return(lambda _: True)
        self._take_in(self._hear())
        self._give_out()
        if self._should_commit():
            self._commit()
        self._claim()
        self._give_out()
        return bool(self._busy or self._pending() or self.idle_for() is not None)

    def idle_for(self) -> timedelta | None:
        """How long to wait for a rate or a turn, when that is all there is to do; None otherwise."""
        if self._busy or self._pending() or self._stopped:
            return None
        now = self._work.clock()
        waits = [
            max(at - now, _AT_LEAST)
            for slug, at in self._next.items()
            if at is not None and slug not in self._down and at - now <= PATIENCE
        ]
        return min(waits, default=None)

    def report(self) -> DrainReport:
        """What it came to."""
        return DrainReport(self._counts, self._down, self._paused, self._lost, self._stopped)

    def close(self) -> None:
        """End every hand; one that stands before the point of no return is told no.

        When the work was broken off, how the last copies went is still remembered, if it can be.
        """
        for hand in self._hands:
            hand.give(None)
            hand.may_send(StoreError(_CLOSED))
        for hand in self._hands:
            hand.join()
        with suppress(StoreError):
            self._take_in(self._hear())
        if self._ends:
            with suppress(StoreError):
                self._ledger.settle(self._work.owner, self._ends, (), self._work.clock())

    def _take_in(self, notes: list[Note]) -> None:
        done = [note for note in notes if isinstance(note, Done)]
        for note in done:
            self._busy -= 1
            self._free[note.hand.slug].append(note.hand)
        # What was accepted first: should the ledger stumble below, it is still remembered at the close.
        self._ends += [(note.delivery, note.outcome) for note in done if isinstance(note.outcome, End)]
        for note in done:
            self._went_well(note)
        for note in done:
            if isinstance(note.outcome, ChannelError):
                self._ends.append((note.delivery, self._verdict(note.hand.slug, note.delivery, note.outcome)))
        self._intents += [note for note in notes if isinstance(note, Intent)]
        for note in done:
            if isinstance(note.outcome, StoreError):
                raise note.outcome

    def _pending(self) -> bool:
        return any(self._ready.values())

    def _hear(self) -> list[Note]:
        """What hands have said; waits a little when they are at work and silent."""
        notes: list[Note] = []
        with suppress(Empty):
            if self._busy:
                wait = _COMPANY if self._intents else self._until_a_claim()
                notes.append(self._notes.get(timeout=wait))
            while True:
                notes.append(self._notes.get_nowait())
        if notes and not self._intents:
            self._first = time.monotonic()
        return notes

    def _until_a_claim(self) -> float:
        """Seconds for which there is nothing to do but listen: a rate may let a copy go before that."""
        now = self._work.clock()
        waits = [(at - now).total_seconds() for at in self._next.values() if at is not None and at > now]
        return min([_LISTEN, *waits])

    def _should_commit(self) -> bool:
        """A commit costs the same for one copy as for many, so it waits a moment for half of the hands.

        Ends wait for the next intents: a hand's end is committed with its own next intent at the latest.
        """
        if self._intents:
            half = len(self._intents) * 2 >= self._busy
            return half or time.monotonic() - self._first >= _COMPANY
        silent = time.monotonic() - self._settled
        return not self._busy or silent >= (_LISTEN if self._ends else _BEAT)

    def _commit(self) -> None:
        """Make intents and ends durable together, and let the hands go on."""
        ends, intents = self._ends, self._intents
        if not intents and not ends:
            self._ledger.beat(self._work.owner, self._work.clock())
            self._settled = time.monotonic()
            return
        settled = self._ledger.settle(
            self._work.owner, ends, [intent.delivery for intent in intents], self._work.clock()
        )
        self._ends, self._intents = [], []
        self._settled = time.monotonic()
        sending = {(delivery.id, delivery.attempt) for delivery in settled.sending}
        for intent in intents:
            intent.hand.may_send((intent.delivery.id, intent.delivery.attempt) in sending)
        self._lost += len(settled.lost) + len(intents) - len(settled.sending) - len(settled.withdrawn)
        for delivery in (*settled.ended, *settled.withdrawn):
            self._counts[delivery.state] += 1
            self._work.on_result(delivery)
            if delivery.state is DeliveryState.ACCEPTED and delivery.edition_id is None:
                self._next[delivery.channel] = self._work.clock()  # a part of a thread lets the next one go
        self._listen_for_alarm({row.slot_id for row in settled.ended if row.state is DeliveryState.REJECTED})

    def _went_well(self, note: Done) -> None:
        """A yes says that the channel works, and that the relay has nothing against us."""
        slug = note.hand.slug
        if isinstance(note.outcome, End) and note.outcome.state is DeliveryState.ACCEPTED:
            self._strikes[slug] = 0
            if slug not in self._working:
                self._working.add(slug)
                self._ledger.end_rest(slug)

    def _verdict(self, slug: str, delivery: Delivery, fault: ChannelError) -> End:
        now = self._work.clock()
        match fault:
            case ChannelDown():
                if slug not in self._down:
                    self._down[slug] = fault.message
                    self._ledger.rest(slug, str(fault), fault.retry_after, now)
                self._return(lambda row: row.channel == slug)
                return End(DeliveryState.PLANNED, str(fault), outcome="channel-down")
            case SenderRefused():
                self._strikes[slug] += policy.STRIKES if fault.decisive else 1
                if self._strikes[slug] >= policy.STRIKES:
                    self._pause(delivery.slot_id, fault.message)
                if fault.decisive:
                    return End(DeliveryState.PLANNED, str(fault), outcome="refused")
                return policy.refused(self._ledger.failures(delivery), fault, now)
            case TemporaryFailure():
                return policy.again(self._ledger.failures(delivery), fault, now)
            case PermanentFailure():
                return End(DeliveryState.REJECTED, str(fault))
            case _:
                return End(DeliveryState.UNKNOWN, str(fault))

    def _pause(self, slot_id: str, reason: Text) -> None:
        if self._ledger.pause(slot_id, str(reason), self._work.clock()):
            self._paused[slot_id] = reason
        self._return(lambda row: row.slot_id == slot_id)

    def _listen_for_alarm(self, slots: set[str]) -> None:
        """Ask how slots with a dead address go, until their first answers are in."""
        for slot_id in slots - self._past_alarm:
            course = self._ledger.course(slot_id)
            if course.answered > policy.FIRST:
                self._past_alarm.add(slot_id)
            reason = policy.alarm(course)
            if reason is not None:
                self._pause(slot_id, reason)

    def _return(self, wanted: Callable[[Delivery], bool]) -> None:
        """Put claimed copies that no hand has begun back where they were."""
        back = [row for rows in self._ready.values() for row in rows if wanted(row)]
        if not back:
            return
        for slug, rows in self._ready.items():
            self._ready[slug] = deque(row for row in rows if not wanted(row))
        ends = [(row, End(DeliveryState.PLANNED, outcome="returned")) for row in back]
        self._ledger.settle(self._work.owner, ends, (), self._work.clock())

    def _claim(self) -> None:
        """Take more for channels whose hands would wait."""
        if self._stopped:
            return
        for slug, channel in self._channels.items():
            at = self._next[slug]
            # Half of what is taken at a time may be left: the next commit comes while hands are at work.
            enough = len(self._ready[slug]) >= channel.connections * _AHEAD // 3
            if slug in self._down or enough or at is None or at > self._work.clock():
                continue
            limits = self._work.limits.get(slug, Limits())
            ask = Ask(
                self._work.owner,
                slug,
                channel.connections * _AHEAD,
                LEASE,
                limits.rates,
                limits.domain_rates,
                self._work.zone,
            )
            found = self._ledger.claim(ask, self._work.clock())
            self._ready[slug] += found.rows
            if not found.rows:
                self._next[slug] = found.next_at

    def _give_out(self) -> None:
        """Give each free hand a copy; a hand is made when a copy waits for it."""
        for slug, rows in self._ready.items():
            while rows and (hand := self._hand(slug)) is not None:
                hand.give(rows.popleft())
                self._busy += 1

    def _hand(self, slug: str) -> Hand | None:
        if self._free[slug]:
            return self._free[slug].pop()
        channel = self._channels[slug]
        if sum(hand.slug == slug for hand in self._hands) >= channel.connections:
            return None
        hand = Hand(channel, self._work.make, self._notes.put, self._work.at)
        self._hands.append(hand)
        return hand
