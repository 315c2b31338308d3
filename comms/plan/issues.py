"""The issues of every newsletter in a span of time, in order, each item new once in an edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from comms.errors import Text, say
from comms.model.audience import WHOLE_AREA, WHOLE_AREA_KEY
from comms.model.issue import IssueNotes, Newsletter
from comms.model.ledger import SlotState
from comms.model.plan import (
    EditionPlan,
    Entry,
    EntryKind,
    FrozenEntry,
    LedgerFacts,
    Moment,
    Recipient,
    Said,
    Skip,
)
from comms.model.settings import Settings
from comms.model.workspace import Workspace
from comms.plan.calendar import occurrences, resolve
from comms.plan.fingerprint import holds
from comms.plan.recipients import NO_EDITION, Counted, Wanting, assign, counted
from comms.plan.selection import Reader, outside, select

MAY_CHANGE = frozenset({SlotState.PLANNED, SlotState.APPROVED, SlotState.HELD})
"""States in which nothing has gone out, so that a changed file still matters."""

_GONE = frozenset({SlotState.RUNNING, SlotState.PAUSED, SlotState.DONE})
_GIVEN_BACK = frozenset({SlotState.CANCELLED, SlotState.SKIPPED})

Key = tuple[str, str]
Seen = dict[Key, dict[str, str]]


@dataclass(frozen=True, slots=True)
class World:
    """What planning stands on. `faults`: path of a file (or id of a post) -> why it cannot go out.

    `forbidden`: path of an item -> why it cannot go out even in what was approved before. `said`: what each
    post says, by its id.
    """

    workspace: Workspace
    settings: Settings
    facts: LedgerFacts
    faults: Mapping[str, Text]
    forbidden: Mapping[str, Text] = field(default_factory=dict)
    said: Mapping[str, Said] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.settings.timezone)


def issues(world: World, since: datetime, until: datetime) -> Iterator[Entry | Skip]:
    """Every issue due after `since` and not after `until` (UTC), and slots that come to nothing."""
    for newsletter in world.settings.newsletters.values():
        seen = _history(world, newsletter, since)
        for moment in _moments(world, newsletter, since, until):
            if isinstance(moment, Skip):
                yield moment
                continue
            entry = _entry(world, newsletter, moment, seen)
            if entry.state not in _GIVEN_BACK:
                for edition in entry.editions:
                    for pick in edition.picks:
                        seen[edition.key].setdefault(pick.item, entry.id)
            yield entry
    yield from _orphans(world, since, until)
    yield from _broken_notes(world, since, until)


def _broken_notes(world: World, since: datetime, until: datetime) -> Iterator[Skip]:
    """Notes that could not be read on a day without an issue: perhaps an extra letter, that will not go."""
    for newsletter in world.settings.newsletters.values():
        regular = {
            issue_id(newsletter, moment)
            for moment in _moments(world, newsletter, since, until)
            if isinstance(moment, Moment)
        }
        for name in world.workspace.broken_notes - regular:
            if name.startswith(f"{newsletter.slug}-"):
                path = f"content/issues/{name}.md"
                yield Skip(name, world.faults.get(path) or say("{path} har fel.", path=path))


def issue_id(newsletter: Newsletter, moment: Moment) -> str:
    """The id of a newsletter's issue: one a day."""
    return f"{newsletter.slug}-{moment.wall:%Y-%m-%d}"


def _moments(
    world: World, newsletter: Newsletter, since: datetime, until: datetime
) -> Iterator[Moment | Skip]:
    """Slots of the schedule and extra letters, in order of time, one issue a day.

    What has gone out keeps its time; then the officer's own time wins over the schedule's, and both
    over the time that a waiting issue was approved for.
    """
    first, last = since.astimezone(world.zone).date(), until.astimezone(world.zone).date()
    regular = []
    for found in occurrences(newsletter.schedule, newsletter.quiet, first, last, world.zone):
        if isinstance(found, Skip):
            yield Skip(f"{newsletter.slug} {found.what}", found.reason)
        else:
            regular.append(found)
    extra = [
        resolve(notes.at.replace(tzinfo=None), world.zone, say("Extra brev."))
        for notes in world.workspace.notes.values()
        if notes.newsletter == newsletter.slug and notes.at
    ]
    settled, waiting = _frozen_moments(world, newsletter)
    chosen: dict[str, Moment] = {}
    for moment in (*settled, *extra, *regular):
        identity = issue_id(newsletter, moment)
        if chosen.setdefault(identity, moment).wall != moment.wall and since < moment.at <= until:
            reason = say("Samma dag har redan ett nummer av brevet.")
            yield Skip(f"{identity} {moment.wall:%H:%M}", reason)
    for moment in waiting:
        chosen.setdefault(issue_id(newsletter, moment), moment)
    yield from sorted((m for m in chosen.values() if since < m.at <= until), key=lambda m: m.at)


def _frozen_moments(world: World, newsletter: Newsletter) -> tuple[list[Moment], list[Moment]]:
    """Times in the ledger: those that are settled, and those that may still change."""
    settled: list[Moment] = []
    waiting: list[Moment] = []
    for frozen in world.facts.frozen.values():
        if frozen.newsletter == newsletter.slug:
            moments = waiting if frozen.state in MAY_CHANGE else settled
            moments.append(Moment(frozen.wall, frozen.at))
    return settled, waiting


def _history(world: World, newsletter: Newsletter, since: datetime) -> Seen:
    """What each edition has had up to `since`, in issues that went out or still may as approved."""
    seen: Seen = defaultdict(dict)
    for frozen in sorted(world.facts.frozen.values(), key=lambda one: one.at):
        if frozen.newsletter == newsletter.slug and frozen.at <= since and _counts(world, frozen):
            for edition in frozen.editions:
                for pick in edition.picks:
                    seen[edition.key].setdefault(pick.item, frozen.id)
    return seen


def _counts(world: World, frozen: FrozenEntry) -> bool:
    """Whether readers have had an issue of the past, or may yet have it on the approval that it has."""
    if frozen.state in _GONE:
        return True
    waits = frozen.approved and frozen.state in MAY_CHANGE
    return waits and holds(_bare(frozen), world.workspace, world.settings)


def _orphans(world: World, since: datetime, until: datetime) -> Iterator[Entry]:
    """Approved issues whose newsletter is gone from comms.yaml: they are told of, never dropped."""
    for frozen in world.facts.frozen.values():
        gone = frozen.newsletter and frozen.newsletter not in world.settings.newsletters
        waits = frozen.approved and frozen.state in MAY_CHANGE
        if gone and waits and since < frozen.at <= until:
            reason = say("Nyhetsbrevet ”{name}” finns inte längre i comms.yaml.", name=frozen.newsletter)
            yield replace(_bare(frozen), fingerprint="", approved=False, voided=True, blocked=(reason,))


def _bare(frozen: FrozenEntry) -> Entry:
    """An issue as the ledger alone remembers it."""
    return Entry(
        id=frozen.id,
        kind=EntryKind.ISSUE,
        title=frozen.newsletter,
        schedule=frozen.schedule,
        channel=frozen.channel,
        moment=Moment(frozen.wall, frozen.at),
        editions=frozen.editions,
        newsletter=frozen.newsletter,
        state=frozen.state,
        state_reason=frozen.reason,
        fingerprint=frozen.fingerprint,
        approved=frozen.approved,
    )


def _entry(world: World, newsletter: Newsletter, moment: Moment, seen: Seen) -> Entry:
    identity = issue_id(newsletter, moment)
    notes = world.workspace.notes.get(identity)
    entry = Entry(
        id=identity,
        kind=EntryKind.ISSUE,
        title=(notes.subject if notes else "") or newsletter.title,
        schedule=newsletter.slug,
        channel=newsletter.channel,
        moment=moment,
        newsletter=newsletter.slug,
        corrects=notes.corrects if notes else "",
    )
    fresh = _filled(world, newsletter, entry, notes, seen)
    frozen = world.facts.frozen.get(identity)
    if frozen is None:
        return fresh
    if not frozen.editions:
        return replace(fresh, state=frozen.state, state_reason=frozen.reason)
    kept = _as_frozen(world, fresh, frozen)
    if frozen.state in MAY_CHANGE and not holds(kept, world.workspace, world.settings):
        return replace(fresh, state=frozen.state, state_reason=frozen.reason, voided=frozen.approved)
    return kept


def _as_frozen(world: World, fresh: Entry, frozen: FrozenEntry) -> Entry:
    """The entry as it was approved; what would be in it today and is not, waits.

    Addresses are today's: they are no part of the approval, but a fault among them stops the issue. So does
    what somebody has said no to since.
    """
    carried = {(e.key, pick.item) for e in frozen.editions for pick in e.picks}
    late = say("Kom efter godkännandet: väntar till nästa nummer.")
    waiting = {
        pick.item: Skip(pick.item, late)
        for edition in fresh.editions
        for pick in edition.picks
        if (edition.key, pick.item) not in carried
    }
    still = frozen.state in MAY_CHANGE
    editions = frozen.editions
    if still:
        copies = _counted(world, fresh, editions).copies
        editions = tuple(replace(edition, recipients=copies[edition.key]) for edition in editions)
    return replace(
        fresh,
        editions=editions,
        blocked=tuple(_stops(world, frozen)) if still else (),
        waiting=tuple(waiting.values()) if still else (),
        state=frozen.state,
        state_reason=frozen.reason,
        fingerprint=frozen.fingerprint,
        approved=frozen.approved,
    )


def _stops(world: World, frozen: FrozenEntry) -> Iterator[Text]:
    """Why an approved issue cannot go out although nothing that it is made of has changed."""
    if "audiences.yaml" in world.faults:
        yield world.faults["audiences.yaml"]
    for slug in _bare(frozen).items:
        item = world.workspace.items.get(slug)
        if item is not None and item.path in world.forbidden:
            yield world.forbidden[item.path]


def _filled(
    world: World, newsletter: Newsletter, entry: Entry, notes: IssueNotes | None, seen: Seen
) -> Entry:
    editions: list[EditionPlan] = []
    skips: list[Skip] = []
    against = outside(
        world.workspace,
        newsletter,
        day=entry.moment.wall.date(),
        notes=notes,
        retracted=world.facts.retracted,
    )
    for audience, municipality in _keys(world, newsletter):
        name = f"{audience}-{municipality or WHOLE_AREA_KEY}"
        titles = world.workspace.audiences
        reader = Reader(
            audience,
            municipality,
            titles.audiences[audience].title,
            titles.municipalities.get(municipality, ""),
        )
        chosen = select(
            world.workspace,
            newsletter,
            reader,
            notes=notes,
            seen=seen[(audience, municipality)],
            against=against,
        )
        if chosen.picks:
            editions.append(EditionPlan(audience, municipality, chosen.picks, chosen.skips))
        else:
            skips.append(Skip(name, say("Inget nytt att berätta.")))
    editions, without = _with_recipients(world, entry, editions)
    return replace(
        entry,
        editions=tuple(editions),
        skips=(*skips, *without),
        blocked=tuple(_blocks(world, newsletter, entry, editions)),
    )


def _keys(world: World, newsletter: Newsletter) -> Iterator[Key]:
    """Audience × municipality of a newsletter, audiences in their order, municipalities in theirs."""
    places = world.workspace.audiences.municipalities
    wanted = list(places) if newsletter.municipalities == ("*",) else newsletter.municipalities
    for audience in newsletter.audiences:
        if audience in world.workspace.audiences.audiences:
            yield from ((audience, place) for place in wanted if place in places)
            if newsletter.whole_area:
                yield (audience, WHOLE_AREA)


def recipients(
    world: World, entry: Entry, editions: Sequence[EditionPlan]
) -> Iterator[tuple[Recipient, Skip | None]]:
    """Who gets which of an issue's editions, and who does not and why; subscribers are streamed."""
    keys = [edition.key for edition in editions]
    readers = world.facts.readers(entry.newsletter) if keys else ()
    newsletter = world.settings.newsletters.get(entry.newsletter)
    wanting = Wanting(
        readers,
        entry.moment.at,
        newsletter.audiences if newsletter else (),
        {e.key: _told(world, e) for e in editions},
        world.zone,
    )
    left = {key for newsletter, key in world.facts.left if newsletter == entry.newsletter}
    return assign(world.workspace.audiences, keys, world.facts.suppressed | left, wanting)


def _told(world: World, edition: EditionPlan) -> frozenset[str] | None:
    """The focus areas that an edition tells of; None when something in it is of none, or cannot be read."""
    areas = [item.focus if (item := world.workspace.items.get(pick.item)) else () for pick in edition.picks]
    return frozenset(slug for one in areas for slug in one) if all(areas) else None


def _counted(world: World, entry: Entry, editions: Sequence[EditionPlan]) -> Counted:
    return counted(recipients(world, entry, editions), [edition.key for edition in editions])


def _with_recipients(
    world: World, entry: Entry, editions: list[EditionPlan]
) -> tuple[list[EditionPlan], list[Skip]]:
    found = _counted(world, entry, editions)
    counts, skips = found.copies, found.skips
    nobody = say("Har inga mottagare.")
    with_readers = [
        replace(e, recipients=counts[e.key], skips=(*e.skips, *skips[e.key]))
        for e in editions
        if counts[e.key] or skips[e.key]
    ]
    without = [
        Skip(f"{e.audience}-{e.municipality or WHOLE_AREA_KEY}", nobody)
        for e in editions
        if not counts[e.key] and not skips[e.key]
    ]
    if found.without:
        without.append(Skip(str(say("{number} prenumeranter", number=found.without)), NO_EDITION))
    return with_readers, without


def _blocks(
    world: World, newsletter: Newsletter, entry: Entry, editions: list[EditionPlan]
) -> Iterator[Text]:
    """Why the issue cannot go out: never half an issue, never a silent omission."""
    faults = world.faults
    carried = dict.fromkeys(pick.item for edition in editions for pick in edition.picks)
    for slug in carried:
        item = world.workspace.items.get(slug) or world.workspace.broken[slug]
        if item.path in faults:
            yield faults[item.path]
    notes_path = f"content/issues/{entry.id}.md"
    letters = (path for path in faults if path.startswith("templates/newsletters/"))
    for part in (
        notes_path,
        "audiences.yaml",
        "strategy.yaml",
        f"newsletters.{newsletter.slug}",
        "brand",
        *letters,
    ):
        if part in faults:
            yield faults[part]
    if entry.id in world.workspace.broken_notes and notes_path not in faults:
        yield say("{path} har fel.", path=notes_path)
    corrected = world.facts.frozen.get(entry.corrects)
    if entry.corrects and (corrected is None or corrected.state not in _GONE):
        yield say("Rättar {issue}, som inte har gått ut.", issue=entry.corrects)
