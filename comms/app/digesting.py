"""What has gone out, told by mail with links: after each run, or once a week with all that waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from comms.app import by_hand
from comms.app.expiring import expiring
from comms.app.house import House
from comms.app.looking import to_do
from comms.app.planning import make_plan
from comms.app.wording import SLOT, counted
from comms.errors import Text, say
from comms.model.ledger import DeliveryState, SlotState
from comms.model.plan import Entry, EntryKind
from comms.model.settings import ChannelKind, Receipts
from comms.store import PostOut, Slot, Store
from comms.text.networks import network_name
from comms.text.times import short_time

WEEK = timedelta(days=7)

_AT_WAIT = frozenset({SlotState.HELD, SlotState.PAUSED})
_RECEIPT = "receipt:"


@dataclass(frozen=True)
class _Section:
    heading: str
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return "".join((f"{self.heading.upper()}\n\n", *(f"{row}\n" for row in self.rows), "\n"))


def tell_of_posts(house: House, store: Store, now: datetime) -> None:
    """Tell where the posts are that have been published since they were last told of, in one letter."""
    if house.settings.receipts is not Receipts.EACH:
        return
    new = [
        post
        for post in store.outcomes.posts(now - WEEK)
        if not by_hand.made_by_hand(post)
        and not store.was_told(_RECEIPT + post.slot_id)
        and not by_hand.is_called_off(store, post.slot_id)
    ]
    if not new:
        return
    # The letter first: a run that dies between tells again, and the letter is the same one.
    which = sha256("|".join(post.slot_id for post in new).encode()).hexdigest()[:16]
    subject = f"Publicerat: {new[0].title}" + (f" och {len(new) - 1} till" if len(new) > 1 else "")
    store.notice(f"receipts:{which}", subject, "\n".join(_published(house, post) for post in new), now)
    for post in new:
        store.remember_told(_RECEIPT + post.slot_id, subject, now)


def tell_of_the_week(house: House, store: Store, last: datetime | None, now: datetime) -> None:
    """Tell how the week went and what waits, in the first run after Monday 07.00 of the office's own time.

    `last` is when the run before this one was: without one there is no week to tell of. Nothing is told
    when nothing happened and nothing waits.
    """
    if house.settings.receipts is not Receipts.WEEKLY or last is None:
        return
    since, until = _monday(house, last), _monday(house, now)
    year, week, _ = (until.astimezone(house.zone) - WEEK).isocalendar()
    key = f"digest:{year}-W{week:02}"
    if since >= until or store.was_told(key):
        return
    sections = [
        one
        for one in (
            _Section("Publicerat", tuple(_posts_of(house, store, since, until))),
            _Section("Brev", tuple(_letters_of(store, since, until))),
            _Section("Behöver dig", tuple(_troubles(store, since))),
            _Section("Att publicera för hand", tuple(_by_hand(house, store, now))),
            _Section("Den kommande veckan", tuple(_coming(house, store, now))),
            _Section("Nycklar och versioner som går ut", tuple(_expiring(house, store, now))),
        )
        if one.rows
    ]
    if not sections:
        return
    begins = short_time(since.astimezone(house.zone))
    body = f"Från {begins} till {short_time(until.astimezone(house.zone))}.\n\n" + "".join(map(str, sections))
    store.notice(key, f"Veckan som gick: vecka {week}", body, now)


def _monday(house: House, at: datetime) -> datetime:
    """The last Monday 07.00 of the office's own time that is not after `at`."""
    local = at.astimezone(house.zone)
    day = local.date() - timedelta(days=local.weekday())
    found = datetime.combine(day, by_hand.MORNING, house.zone)
    return found if found <= local else datetime.combine(day - WEEK, by_hand.MORNING, house.zone)


def _posts_of(house: House, store: Store, since: datetime, until: datetime) -> Iterator[str]:
    found = (
        post
        for post in store.outcomes.posts(since - by_hand.LOOK_BACK)
        if since < post.seen_at <= until
        and (post.marked_at is not None or not by_hand.made_by_hand(post))
        and not by_hand.is_called_off(store, post.slot_id)
    )
    yield from (_published(house, post) for post in sorted(found, key=lambda one: one.seen_at))


def _published(house: House, post: PostOut) -> str:
    when = short_time(post.seen_at.astimezone(house.zone))
    return f"  {when}  {network_or_channel(house, post.channel)}: {post.title}\n    {_where(house, post)}"


def _where(house: House, post: PostOut) -> str:
    settings = house.settings.channels.get(post.channel)
    if settings is not None and settings.kind is ChannelKind.FILE and not post.link:
        return f"(skriven till fil: {house.out / post.receipt})"
    return post.link or "(ingen länk)"


def network_or_channel(house: House, channel: str) -> str:
    """What people call the network that a channel publishes on, or the channel's own name."""
    settings = house.settings.channels.get(channel)
    return network_name(settings.network) if settings is not None and settings.network else channel


def _letters_of(store: Store, since: datetime, until: datetime) -> Iterator[str]:
    for slot_id, counts in store.outcomes.letters(since, until).items():
        slot = store.slot(slot_id)
        yield f"  {slot.title if slot else slot_id} ({slot_id}): {_told(counts)}"


def _told(counts: Mapping[DeliveryState, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counted(counts))


def _troubles(store: Store, since: datetime) -> Iterator[str]:
    """What a person must do something about, whatever week it is from, and the week's posts that failed."""
    for slot in store.slots():
        counts = store.counts(slot.id) if slot.state not in {SlotState.PLANNED, SlotState.APPROVED} else {}
        acts = [*to_do(slot, counts), *_failed(store, slot, counts, since)]
        if slot.state in _AT_WAIT or acts:
            yield _trouble(slot, counts, acts)


def _failed(store: Store, slot: Slot, counts: Mapping[DeliveryState, int], since: datetime) -> Iterator[Text]:
    if slot.kind is EntryKind.POST and counts.get(DeliveryState.REJECTED) and slot.due_at > since:
        approval = store.approval(slot.id)
        yield say(
            "se varför: comms who {id}, försök igen: comms send {id} --rest --plan {plan}",
            id=slot.id,
            plan=approval.fingerprint if approval else "FINGERAVTRYCK",
        )


def _trouble(slot: Slot, counts: Mapping[DeliveryState, int], acts: Sequence[Text]) -> str:
    state = ", ".join(filter(None, (str(SLOT[slot.state]), _told(counts))))
    why = f"\n    {slot.reason}" if slot.reason else ""
    return f"  {slot.title} ({slot.id}): {state}{why}" + "".join(f"\n    {act}" for act in acts)


def _by_hand(house: House, store: Store, now: datetime) -> Iterator[str]:
    for post in by_hand.waiting(store, now):
        when = short_time(post.due_at.astimezone(house.zone))
        yield (
            f"  {when}  {network_or_channel(house, post.channel)}: {post.title}\n"
            f"    ligger i {house.out / post.receipt}\n"
            f"    är det ute: comms done {post.slot_id} --link ADRESSEN"
        )


def _coming(house: House, store: Store, now: datetime) -> Iterator[str]:
    for entry in make_plan(house, store.facts(), now, now + WEEK).entries:
        if entry.state in {SlotState.PLANNED, SlotState.APPROVED} and not entry.nothing_to_send:
            when = short_time(entry.moment.wall)
            way = "Brev" if entry.kind is EntryKind.ISSUE else network_or_channel(house, entry.channel)
            yield f"  {when}  {way}: {entry.title}\n    {_stands(entry)}"


def _expiring(house: House, store: Store, now: datetime) -> Iterator[str]:
    yield from (f"  {text}" for text in expiring(house, store, now))


def _stands(entry: Entry) -> str:
    if entry.blocked:
        return f"blockerad: {entry.blocked[0]}"
    if entry.voided:
        return f"ändrad efter godkännandet: comms plan {entry.id}"
    if not entry.approved:
        return f"väntar på godkännande: comms approve {entry.id} --plan {entry.fingerprint}"
    return "godkänd"
