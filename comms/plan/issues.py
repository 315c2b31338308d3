"""The issues of every newsletter in a span of time, in order, each item new once in an edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from comms.errors import Text, say
from comms.model.audience import WHOLE_AREA, WHOLE_AREA_KEY
from comms.model.issue import IssueNotes, Newsletter
from comms.model.ledger import SlotState
from comms.model.plan import EditionPlan, Entry, EntryKind, FrozenEntry, LedgerFacts, Moment, Skip
from comms.model.settings import Settings
from comms.model.workspace import Workspace
from comms.plan.calendar import occurrences, resolve
from comms.plan.fingerprint import holds
from comms.plan.recipients import assign, counted
from comms.plan.selection import Reader, select

MAY_CHANGE = frozenset({SlotState.PLANNED, SlotState.APPROVED, SlotState.HELD})
"""States in which nothing has gone out, so that a changed file still matters."""

Key = tuple[str, str]
Seen = dict[Key, dict[str, str]]


@dataclass(frozen=True, slots=True)
class World:
    """What planning stands on. `faults`: path of a file (or id of a post) -> why it cannot go out."""

    workspace: Workspace
    settings: Settings
    facts: LedgerFacts
    faults: Mapping[str, Text]

    @property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone."""
        return ZoneInfo(self.settings.timezone)


def issues(world: World, since: datetime, until: datetime) -> Iterator[Entry | Skip]:
    """Every issue due after `since` and not after `until` (UTC), and slots that come to nothing."""
    for newsletter in world.settings.newsletters.values():
        seen = _history(newsletter, world.facts, since)
        taken: set[str] = set()
        for moment in _moments(world, newsletter, since, until):
            if isinstance(moment, Skip):
                yield Skip(f"{newsletter.slug} {moment.what}", moment.reason)
                continue
            issue_id = f"{newsletter.slug}-{moment.wall:%Y-%m-%d}"
            if issue_id in taken:
                yield Skip(
                    f"{issue_id} {moment.wall:%H:%M}", say("Samma dag har redan ett nummer av brevet.")
                )
                continue
            taken.add(issue_id)
            entry = _entry(world, newsletter, moment, issue_id, seen)
            for edition in entry.editions:
                for pick in edition.picks:
                    seen[edition.key].setdefault(pick.item, issue_id)
            yield entry


def _moments(
    world: World, newsletter: Newsletter, since: datetime, until: datetime
) -> Iterator[Moment | Skip]:
    """Slots of the schedule and extra letters, in order of time."""
    first, last = since.astimezone(world.zone).date(), until.astimezone(world.zone).date()
    found = list(occurrences(newsletter.schedule, newsletter.quiet, first, last, world.zone))
    yield from (skip for skip in found if isinstance(skip, Skip))
    moments = [moment for moment in found if isinstance(moment, Moment)]
    moments += [
        resolve(notes.at.replace(tzinfo=None), world.zone, say("Extra brev."))
        for notes in world.workspace.notes.values()
        if notes.newsletter == newsletter.slug and notes.at
    ]
    moments += [
        Moment(entry.wall, entry.at)
        for entry in world.facts.frozen.values()
        if entry.newsletter == newsletter.slug and entry.wall not in {m.wall for m in moments}
    ]
    for moment in sorted(moments, key=lambda m: m.at):
        if since < moment.at <= until:
            yield moment


def _history(newsletter: Newsletter, facts: LedgerFacts, since: datetime) -> Seen:
    """What each edition has had in issues that went out or are approved, up to `since`."""
    seen: Seen = defaultdict(dict)
    for entry in sorted(facts.frozen.values(), key=lambda e: e.at):
        gone = entry.state in {SlotState.RUNNING, SlotState.DONE}
        may_go = entry.approved and entry.state in {SlotState.APPROVED, SlotState.HELD}
        if entry.newsletter == newsletter.slug and (gone or may_go) and entry.at <= since:
            for edition in entry.editions:
                for pick in edition.picks:
                    seen[edition.key].setdefault(pick.item, entry.id)
    return seen


def _entry(world: World, newsletter: Newsletter, moment: Moment, issue_id: str, seen: Seen) -> Entry:
    notes = world.workspace.notes.get(issue_id)
    entry = Entry(
        id=issue_id,
        kind=EntryKind.ISSUE,
        title=(notes.subject if notes else "") or newsletter.title,
        schedule=newsletter.slug,
        channel=newsletter.channel,
        moment=moment,
        newsletter=newsletter.slug,
        corrects=notes.corrects if notes else "",
    )
    fresh = _filled(world, newsletter, entry, notes, seen)
    frozen = world.facts.frozen.get(issue_id)
    if frozen is None:
        return fresh
    if not frozen.editions:
        return replace(fresh, state=frozen.state, state_reason=frozen.reason)
    kept = _as_frozen(fresh, frozen)
    if frozen.state in MAY_CHANGE and not holds(kept, world.workspace, world.settings):
        return replace(fresh, state=frozen.state, state_reason=frozen.reason, voided=frozen.approved)
    return kept


def _as_frozen(fresh: Entry, frozen: FrozenEntry) -> Entry:
    """The entry as it was approved; what would be in it today and is not, waits."""
    carried = {(e.key, pick.item) for e in frozen.editions for pick in e.picks}
    late = say("Kom efter godkännandet: väntar till nästa nummer.")
    waiting = {
        pick.item: Skip(pick.item, late)
        for edition in fresh.editions
        for pick in edition.picks
        if (edition.key, pick.item) not in carried
    }
    still = frozen.state in MAY_CHANGE
    counts = {edition.key: edition.recipients for edition in fresh.editions}
    editions = tuple(replace(e, recipients=counts.get(e.key, e.recipients)) for e in frozen.editions)
    return replace(
        fresh,
        editions=editions if still else frozen.editions,
        blocked=(),
        waiting=tuple(waiting.values()) if still else (),
        state=frozen.state,
        state_reason=frozen.reason,
        fingerprint=frozen.fingerprint,
        approved=frozen.approved,
    )


def _filled(
    world: World, newsletter: Newsletter, entry: Entry, notes: IssueNotes | None, seen: Seen
) -> Entry:
    editions: list[EditionPlan] = []
    skips: list[Skip] = []
    day = entry.moment.wall.date()
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
            day=day,
            notes=notes,
            seen=seen[(audience, municipality)],
            retracted=world.facts.retracted,
        )
        if chosen.picks:
            editions.append(EditionPlan(audience, municipality, chosen.picks, chosen.skips))
        else:
            skips.append(Skip(name, say("Inget nytt att berätta.")))
    editions, without = _with_recipients(world, editions)
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


def _with_recipients(world: World, editions: list[EditionPlan]) -> tuple[list[EditionPlan], list[Skip]]:
    keys = [edition.key for edition in editions]
    counts, skips = counted(assign(world.workspace.audiences, keys, world.facts.suppressed), keys)
    nobody = say("Har inga mottagare i audiences.yaml.")
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
    for path in (notes_path, "audiences.yaml", "strategy.yaml", f"templates:{newsletter.template}"):
        if path in faults:
            yield faults[path]
    if entry.id in world.workspace.broken_notes and notes_path not in faults:
        yield say("{path} har fel.", path=notes_path)
    if entry.corrects and entry.corrects not in world.facts.frozen:
        yield say("Rättar {issue}, som inte har gått ut.", issue=entry.corrects)
