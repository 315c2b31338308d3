"""When each post goes: at its own time, or in its channel's next free slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from comms.errors import Text, say
from comms.model.item import Item, PostDraft
from comms.model.plan import Entry, EntryKind, FrozenEntry, Moment, Skip
from comms.model.settings import ChannelSettings
from comms.plan.calendar import occurrences, resolve
from comms.plan.fingerprint import holds
from comms.plan.issues import MAY_CHANGE, World

SEARCH = timedelta(days=92)
"""How far ahead a free slot is sought."""


def post_id(item: str, channel: str) -> str:
    """The id of an item's post on a channel; front matter holds one a channel, so its number is 1."""
    return f"{item}.{channel}.1"


def posts(world: World, since: datetime, until: datetime) -> Iterator[Entry | Skip]:
    """Every post due after `since` and not after `until` (UTC), and those that come to nothing."""
    taken = _taken(world)
    found = [
        _planned(world, item, draft, since, taken)
        for item in sorted(world.workspace.items.values(), key=lambda one: (one.publish_from, one.slug))
        for draft in item.posts
    ]
    entries = [each for each in found if isinstance(each, Entry)]
    yield from (each for each in found if isinstance(each, Skip))
    for each in entries:
        if since < each.moment.at <= until:
            yield _crowded(world, _unrepeated(world, each, entries), entries)
    yield from _orphans(world, since, until)
    unreadable = say("Nyheten har fel: har den poster, så väntar de.")
    yield from (
        Skip(broken.path, world.faults.get(broken.path, unreadable))
        for broken in world.workspace.broken.values()
    )


def _taken(world: World) -> dict[str, list[datetime]]:
    """When something goes out already, by channel."""
    taken: dict[str, list[datetime]] = {}
    for frozen in world.facts.frozen.values():
        if frozen.item:
            taken.setdefault(frozen.channel, []).append(frozen.at)
    for item in world.workspace.items.values():
        for draft in item.posts:
            if draft.at and post_id(item.slug, draft.channel) not in world.facts.frozen:
                at = resolve(draft.at.replace(tzinfo=None), world.zone).at
                taken.setdefault(draft.channel, []).append(at)
    return taken


def _unrepeated(world: World, entry: Entry, entries: Iterable[Entry]) -> Entry:
    """The entry, blocked when its channel has said the same lately, or will have before it."""
    own = world.said.get(entry.id)
    item = world.workspace.items[entry.item]
    meant = any(draft.repeat for draft in item.posts if draft.channel == entry.channel)
    if own is None or meant or entry.state not in MAY_CHANGE:
        return entry
    channels = world.settings.channels
    out = [(one.id, one.channel, one.network, one.at, one.said) for one in world.facts.posted]
    out += [
        (one.id, one.channel, channels[one.channel].network, one.moment.at, world.said[one.id])
        for one in entries
        if one.id in world.said and (one.moment.at, one.id) < (entry.moment.at, entry.id)
    ]
    for identity, channel, network, at, said in out:
        near = abs(entry.moment.at - at) < channels[entry.channel].no_repeat
        if (
            identity != entry.id
            and near
            and own.repeats(said)
            and _one_account(channels[entry.channel], channels.get(channel), network)
        ):
            reason = say(
                "Kontot säger detsamma i {other}, {day}. Ändra texten, eller skriv repeat: true.",
                other=identity,
                day=f"{at.astimezone(world.zone):%Y-%m-%d}",
            )
            return replace(entry, blocked=(*entry.blocked, reason))
    return entry


def _one_account(one: ChannelSettings, other: ChannelSettings | None, network: str) -> bool:
    """Whether a channel's readers are those of another, which may have had another name."""
    if other is None:
        return network == one.network
    same = (one.network, one.account, one.base_url) == (other.network, other.account, other.base_url)
    return one.slug == other.slug or same


def _crowded(world: World, entry: Entry, entries: Iterable[Entry]) -> Entry:
    """The entry, with a note when its time, which the officer chose, is too near to another's."""
    apart = world.settings.channels[entry.channel].distance
    if entry.moment.note is None and entry.state in MAY_CHANGE:
        for other in entries:
            near = abs(entry.moment.at - other.moment.at) < apart
            if other.id != entry.id and other.channel == entry.channel and near:
                hours = f"{apart / timedelta(hours=1):g}"
                note = say("Närmare än {hours} timmar från {other}.", hours=hours, other=other.id)
                return replace(entry, moment=replace(entry.moment, note=note))
    return entry


def _orphans(world: World, since: datetime, until: datetime) -> Iterator[Entry]:
    """Approved posts that no item has any more: they are told of, never dropped."""
    drafts = {
        post_id(item.slug, draft.channel) for item in world.workspace.items.values() for draft in item.posts
    }
    for frozen in world.facts.frozen.values():
        waits = frozen.approved and frozen.state in MAY_CHANGE and since < frozen.at <= until
        if not frozen.item or frozen.id in drafts or not waits:
            continue
        broken = world.workspace.broken.get(frozen.item)
        reason = (world.faults.get(broken.path) if broken else None) or say(
            "Nyheten ”{item}” har ingen post för {channel} längre.", item=frozen.item, channel=frozen.channel
        )
        yield Entry(
            id=frozen.id,
            kind=EntryKind.POST,
            title=frozen.item,
            schedule=frozen.schedule,
            channel=frozen.channel,
            moment=Moment(frozen.wall, frozen.at),
            item=frozen.item,
            blocked=(reason,),
            state=frozen.state,
            state_reason=frozen.reason,
            voided=True,
        )


def _planned(
    world: World, item: Item, draft: PostDraft, since: datetime, taken: dict[str, list[datetime]]
) -> Entry | Skip:
    identity = post_id(item.slug, draft.channel)
    frozen = world.facts.frozen.get(identity)
    if item.slug in world.facts.retracted and (frozen is None or not frozen.approved):
        return Skip(identity, say("Tillbakadragen: {reason}", reason=world.facts.retracted[item.slug]))
    moment = (
        _frozen_moment(world, draft, frozen, since) if frozen else _moment(world, item, draft, since, taken)
    )
    if isinstance(moment, Text):
        return Skip(identity, moment)
    taken.setdefault(draft.channel, []).append(moment.at)
    entry = Entry(
        id=identity,
        kind=EntryKind.POST,
        title=item.title,
        schedule=f"{draft.channel}:{item.slug}",
        channel=draft.channel,
        moment=moment,
        item=item.slug,
    )
    if frozen is None or frozen.state in MAY_CHANGE:
        faults = (world.forbidden.get(item.path), world.faults.get(item.path), world.faults.get(identity))
        entry = replace(entry, blocked=tuple(dict.fromkeys(fault for fault in faults if fault)))
    if frozen is None:
        return entry
    entry = replace(entry, state=frozen.state, state_reason=frozen.reason)
    kept = replace(entry, fingerprint=frozen.fingerprint, approved=frozen.approved)
    if frozen.approved and frozen.state in MAY_CHANGE and not holds(kept, world.workspace, world.settings):
        return replace(entry, voided=True)
    return kept


def _frozen_moment(world: World, draft: PostDraft, frozen: FrozenEntry, since: datetime) -> Moment:
    """The time in the ledger, unless the officer has since written another that is still to come."""
    if draft.at and frozen.state in MAY_CHANGE:
        written = resolve(draft.at.replace(tzinfo=None), world.zone)
        if written.at > since:
            return written
    return Moment(frozen.wall, frozen.at)


def _moment(
    world: World, item: Item, draft: PostDraft, since: datetime, taken: dict[str, list[datetime]]
) -> Moment | Text:
    if draft.at:
        moment = resolve(draft.at.replace(tzinfo=None), world.zone)
        if moment.at <= since:
            return say("Tiden {at} har passerat utan att posten gick ut.", at=f"{moment.wall:%Y-%m-%d %H:%M}")
        return moment
    channel = world.settings.channels[draft.channel]
    opens = datetime.combine(item.publish_from, time(0), world.zone).astimezone(UTC)
    if item.publish_until is not None and item.publish_until < since.astimezone(world.zone).date():
        return say("Slutade gälla {day}.", day=item.publish_until.isoformat())
    slot = _free_slot(world, channel, max(opens, since), taken)
    if slot is None:
        return say("Kanalen ”{channel}” har ingen ledig tid.", channel=channel.slug)
    if item.publish_until is not None and slot.wall.date() > item.publish_until:
        return say(
            "Nästa lediga tid är {day}, efter att nyheten slutat gälla.", day=slot.wall.date().isoformat()
        )
    return slot


def _free_slot(
    world: World, channel: ChannelSettings, after: datetime, taken: dict[str, list[datetime]]
) -> Moment | None:
    first = after.astimezone(world.zone).date()
    found = (
        moment
        for schedule in channel.slots
        for moment in occurrences(schedule, channel.quiet, first, first + SEARCH, world.zone)
        if isinstance(moment, Moment)
    )
    others = taken.get(channel.slug, [])
    free = (
        moment
        for moment in found
        if moment.at > after
        and moment.at not in others
        and all(abs(moment.at - other) >= channel.distance for other in others)
    )
    return min(free, key=lambda moment: moment.at, default=None)
