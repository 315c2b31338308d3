"""Worlds to plan in, as small as they can be: two municipalities, one letter, people and offices invented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from comms.errors import Text
from comms.model.audience import Audience, Audiences, FunctionalAddress
from comms.model.document import Document
from comms.model.issue import Cadence, IssueNotes, Newsletter, OnQuietDay, QuietDays, Schedule
from comms.model.item import BrokenItem, Item, ItemKind, Picture, PostDraft
from comms.model.ledger import SlotState
from comms.model.plan import Entry, EntryKind, FrozenEntry, LedgerFacts, Plan, Said, Skip
from comms.model.settings import Brand, ChannelKind, ChannelSettings, Secret, Security, Sender, Settings
from comms.model.strategy import Strategy
from comms.model.workspace import TemplateSet, Workspace
from comms.plan.build import build
from comms.plan.issues import World
from comms.text.schedule import parse_schedule

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TEMPLATE = "templates/newsletters/municipal.mjml.j2"

AUDIENCES = Audiences(
    audiences={
        "offices": Audience("offices", "Kontor", "Ni är ett kontor."),
        "public": Audience("public", "Allmänheten", "Ni för vidare."),
    },
    municipalities={"eda": "Eda", "sunne": "Sunne"},
    recipients=(
        FunctionalAddress("kontor@eda.example", "Kontoret i Eda", "offices", "eda"),
        FunctionalAddress("kontor@sunne.example", "Kontoret i Sunne", "offices", "sunne"),
        FunctionalAddress("bibliotek@eda.example", "Biblioteket i Eda", "public", "eda"),
        FunctionalAddress("bibliotek@sunne.example", "Biblioteket i Sunne", "public", "sunne"),
    ),
)

ITEM = Item(
    slug="bryggan",
    path="content/items/bryggan.md",
    sha256="",
    title="Bryggan är klar",
    kind=ItemKind.STORY,
    focus=("bygd",),
    goals=(),
    activities=(),
    indicators=(),
    audiences=("offices", "public"),
    municipalities=(),
    dated_on=date(2026, 11, 20),
    publish_from=date(2026, 11, 20),
    publish_until=None,
    language="sv",
    link="",
    summary="",
    event=None,
    call=None,
    project=None,
    people=(),
    pictures=(),
    leads={},
    posts=(),
    body=Document(),
    lines={},
)

NEWSLETTER = Newsletter(
    slug="brevet",
    title="Brevet",
    tagline="",
    schedule=parse_schedule("first tuesday 08:00"),
    audiences=("offices", "public"),
    municipalities=("*",),
    whole_area=False,
    template="municipal",
    channel="mail",
    max_items=5,
    max_age_days=60,
    quiet=QuietDays(),
)


def schedule(text: str) -> Schedule:
    """What an officer writes: `first tuesday 08:00`."""
    return parse_schedule(text)


def monthly(nth: int, weekday: int, at: str = "08:00") -> Schedule:
    """The nth weekday of a month (-1 = the last)."""
    written = f"{nth} {weekday} {at}"
    return Schedule(Cadence.NTH_WEEKDAY, parse_schedule(f"monday {at}").at, written, weekday, nth)


def quiet(*days: str, then: OnQuietDay = OnQuietDay.AFTER, holidays: bool = False) -> QuietDays:
    """Single quiet dates, and what happens to a slot on one."""
    return QuietDays(holidays, tuple(date.fromisoformat(day) for day in days), (), then)


def item(slug: str, **changes: object) -> Item:
    """An item of that name: a story for everybody in the whole area, dated 20 November 2026."""
    named = replace(ITEM, slug=slug, path=f"content/items/{slug}.md", sha256=f"sha-{slug}", title=slug)
    if "dated_on" in changes:
        changes.setdefault("publish_from", changes["dated_on"])
    return replace(named, **changes)  # type: ignore[arg-type]  # tests name real fields


def broken(slug: str, **changes: object) -> BrokenItem:
    """A file with an error, of which nothing could be read but what `changes` say."""
    named = BrokenItem(slug, f"content/items/{slug}.md", None, None, None, None)
    return replace(named, **changes)  # type: ignore[arg-type]  # tests name real fields


def picture(path: str = "content/pictures/bryggan.png") -> Picture:
    """A picture; its digest stands in the workspace."""
    return Picture(path, "En brygga.", "", "", (), None, stock=False, line=5)


def post(channel: str = "mastodon", at: str = "") -> PostDraft:
    """A post for a channel, at a local time of its own or in the next free slot."""
    return PostDraft(channel, "Bryggan är klar.", local(at) if at else None, line=6)


def notes(issue: str, **changes: object) -> IssueNotes:
    """The officer's words about an issue."""
    written = IssueNotes(
        id=issue,
        newsletter=issue.rsplit("-", 3)[0],
        path=f"content/issues/{issue}.md",
        sha256=f"sha-{issue}",
        subject="",
        pin=(),
        exclude=(),
        at=None,
        corrects="",
        greeting=Document(),
    )
    return replace(written, **changes)  # type: ignore[arg-type]  # tests name real fields


def channel(slug: str, network: str = "", *slots: str, days: QuietDays | None = None) -> ChannelSettings:
    """A channel that writes files."""
    return ChannelSettings(
        slug=slug,
        kind=ChannelKind.FILE,
        network=network,
        slots=tuple(parse_schedule(slot) for slot in slots),
        quiet=days or QuietDays(),
        max_lateness=timedelta(hours=12),
        rates=(),
        domain_rates=(),
        connections=1,
        host="",
        port=0,
        security=Security.STARTTLS,
        user="",
        password=Secret(""),
        base_url="",
        token=Secret(""),
    )


def workspace(
    items: Iterable[Item | BrokenItem] = (),
    said: Iterable[IssueNotes] = (),
    audiences: Audiences = AUDIENCES,
    digests: Mapping[str, str] | None = None,
) -> Workspace:
    """A folder with these items and notes; every file's digest is a word of its own."""
    whole = {one.slug: one for one in items if isinstance(one, Item)}
    faulty = {one.slug: one for one in items if isinstance(one, BrokenItem)}
    written = {note.id: note for note in said}
    found = {"audiences.yaml": "sha-audiences", "strategy.yaml": "sha-strategy", TEMPLATE: "sha-template"}
    found |= {one.path: one.sha256 for one in whole.values()}
    found |= {shown.path: f"sha-{shown.path}" for one in whole.values() for shown in one.pictures}
    found |= {note.path: note.sha256 for note in written.values()}
    templates = TemplateSet({}, {"newsletters/municipal.mjml.j2": TEMPLATE})
    strategy = Strategy("", {}, {}, {})
    return Workspace(
        whole, faulty, written, frozenset(), audiences, strategy, templates, found | dict(digests or {})
    )


def settings(
    *newsletters: Newsletter, channels: Iterable[ChannelSettings] = (), parts: Mapping[str, str] | None = None
) -> Settings:
    """What comms.yaml says: the mail channel, Mastodon on Tuesdays, and these newsletters."""
    ways = [channel("mail"), *(channels or [channel("mastodon", "mastodon", "tue 09:00")])]
    hashes = {name: f"sha-{name}" for name in ("workspace", "sender", "brand", "eu_statement")}
    hashes |= {f"newsletters.{one.slug}": f"sha-{one.slug}" for one in newsletters}
    hashes |= {f"channels.{one.slug}": f"sha-{one.slug}" for one in ways}
    return Settings(
        name="Leader Prov",
        language="sv",
        timezone="Europe/Stockholm",
        base_url="https://leader.example",
        database_url="sqlite:///var/comms.db",
        out="out",
        officer="redaktor@leader.example",
        sender=Sender("Leader Prov", "brev@leader.example", "kansli@leader.example", "Gatan 1, Sunne"),
        brand=Brand("Leader", "", "", "#ffffff", "#ffffff", "#000000", "#000000", "#000000", {}),
        channels={one.slug: one for one in ways},
        newsletters={one.slug: one for one in newsletters},
        eu_statement="Medfinansieras",
        parts=hashes | dict(parts or {}),
        lines={},
    )


def world(
    *items: Item | BrokenItem,
    said: Iterable[IssueNotes] = (),
    facts: LedgerFacts | None = None,
    faults: Mapping[str, Text] | None = None,
    ways: Settings | None = None,
    audiences: Audiences = AUDIENCES,
    tells: Mapping[str, Said] | None = None,
) -> World:
    """A world with these items; broken ones have a fault that names their file. `tells`: what posts say."""
    files = {one.path: Text(f"{one.path}: fel") for one in items if isinstance(one, BrokenItem)}
    return World(
        workspace(items, said, audiences),
        ways or settings(NEWSLETTER),
        facts or LedgerFacts(),
        files | dict(faults or {}),
        said=dict(tells or {}),
    )


def local(text: str) -> datetime:
    """A time in Stockholm, aware, as items and notes have them."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def instant(text: str) -> datetime:
    """A local time in Stockholm as an instant."""
    return local(text).astimezone(UTC)


def plan(seen: World, since: str = "2026-11-25", until: str = "2026-12-31") -> Plan:
    """The plan of a span of local days."""
    return build(seen, instant(since), instant(until))


def entry(seen: World, identity: str, since: str = "2026-11-25", until: str = "2027-12-31") -> Entry:
    """One entry of the plan."""
    return next(one for one in plan(seen, since, until).entries if one.id == identity)


def frozen(
    planned: Entry, state: SlotState = SlotState.APPROVED, *, approved: bool = True, reason: str = ""
) -> FrozenEntry:
    """The entry as the ledger remembers it."""
    return FrozenEntry(
        id=planned.id,
        schedule=planned.schedule,
        newsletter=planned.newsletter,
        item=planned.item,
        channel=planned.channel,
        wall=planned.moment.wall,
        at=planned.moment.at,
        state=state,
        reason=reason,
        fingerprint=planned.fingerprint if approved else "",
        approved=approved,
        editions=planned.editions if approved and planned.kind is EntryKind.ISSUE else (),
    )


def ledger(
    *entries: FrozenEntry, retracted: Mapping[str, str] | None = None, suppressed: Iterable[str] = ()
) -> LedgerFacts:
    """What the ledger knows."""
    return LedgerFacts({one.id: one for one in entries}, dict(retracted or {}), frozenset(suppressed))


def picks(planned: Entry, audience: str = "offices", municipality: str = "eda") -> list[str]:
    """The items of one edition, in reading order."""
    return [
        pick.item
        for edition in planned.editions
        if edition.key == (audience, municipality)
        for pick in edition.picks
    ]


def why_not(planned: Entry, slug: str, audience: str = "offices", municipality: str = "eda") -> str:
    """Why an item is not in one edition."""
    return next(
        str(skip.reason)
        for edition in planned.editions
        if edition.key == (audience, municipality)
        for skip in edition.skips
        if skip.what == slug
    )


def said_of(skips: Iterable[Skip]) -> dict[str, str]:
    """Skips as what was left out and why."""
    return {skip.what: str(skip.reason) for skip in skips}
