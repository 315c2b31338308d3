"""Values for the tests of rendering: a small workspace, made by hand; people and places are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from comms.errors import say
from comms.model.audience import Audience, Audiences
from comms.model.document import Document
from comms.model.issue import Cadence, Edition, IssueNotes, Newsletter, QuietDays, Schedule
from comms.model.item import Call, Event, Item, ItemKind, Person, Picture, PostDraft, Project
from comms.model.plan import EditionPlan, Entry, EntryKind, Moment, Pick
from comms.model.settings import Brand, ChannelKind, ChannelSettings, Secret, Security, Sender, Settings
from comms.model.strategy import FocusArea, Strategy
from comms.model.workspace import TemplateSet, Workspace
from comms.render.edition import by_mail, render_edition
from comms.text.markdown import parse_markdown

TEMPLATES = Path(__file__).parents[3] / "templates"

FIRST_TUESDAY = Schedule(Cadence.NTH_WEEKDAY, time(8), "first tuesday 08:00", weekday=1, nth=1)

BRAND = Brand(
    wordmark="Leader Provbygd",
    logo="",
    logo_alt="",
    ground="#f7f4ec",
    paper="#ffffff",
    ink="#22302a",
    heading="#1f4d3a",
    link="#1b5a7a",
    focus={"bygd": "#a3273b", "leder": "#2b6a8c"},
)

NEWSLETTER = Newsletter(
    slug="kommunbrevet",
    title="Kommunbrevet",
    tagline="Nyheter att föra vidare",
    schedule=FIRST_TUESDAY,
    audiences=("offices", "public"),
    municipalities=("arvika", "torsby"),
    whole_area=True,
    template="municipal",
    channel="mail",
    max_items=10,
    max_age_days=60,
    quiet=QuietDays(),
)

PICTURE = Picture(
    path="content/pictures/led.png",
    alt="En spång leder över en myr.",
    caption="Spången i Glaskogen.",
    photographer="Elma Råbäck",
    people=(),
    consent=None,
    stock=False,
    line=9,
    sha256="ab" * 32,
    width=1500,
    height=1000,
)

ITEM = Item(
    slug="leden-oppnar",
    path="content/items/leden-oppnar.md",
    sha256="cd" * 32,
    title="Leden runt sjön öppnar",
    kind=ItemKind.STORY,
    focus=("leder",),
    goals=("mal-1",),
    activities=(),
    indicators=(),
    audiences=("offices", "public"),
    municipalities=("arvika",),
    dated_on=date(2026, 11, 25),
    publish_from=date(2026, 11, 25),
    publish_until=None,
    language="sv",
    link="https://leader.example/leden",
    summary="I maj öppnar en ny led. Den är nio kilometer. Alla är välkomna.",
    event=None,
    call=None,
    project=None,
    people=(Person("Elma Råbäck", "projektledare", "Stigvännerna", "", 7),),
    pictures=(),
    leads={},
    posts=(),
    body=parse_markdown("Nu läggs de sista plankorna.\n\n## Så går du\n\nFölj de blå märkena."),
    lines={},
)

EVENT = Event(
    start=datetime(2026, 12, 9, 17, 0, tzinfo=UTC),
    end=datetime(2026, 12, 9, 19, 0, tzinfo=UTC),
    place="Bygdegården, Torsby",
    access="Ingång utan trappsteg.",
    online="https://leader.example/mote",
)

CALL = Call(
    opens=date(2026, 12, 1),
    closes=date(2027, 1, 31),
    total_sek=2_000_000,
    who="Föreningar och företag",
    objective="Nya tjänster",
)

PROJECT = Project(
    name="Torrskodd",
    applicant="Stigvännerna",
    support_sek=614_000,
    eu_funded=True,
    period="2027–2028",
)


def draft(text: str = "", channel: str = "mastodon") -> PostDraft:
    """What an officer wrote for a channel, on line 12."""
    return PostDraft(channel, text, None, 12)


def channel(network: str) -> ChannelSettings:
    """A channel that writes files, named after its network."""
    return ChannelSettings(
        slug=network,
        kind=ChannelKind.FILE,
        network=network,
        slots=(),
        quiet=QuietDays(),
        max_lateness=timedelta(hours=2),
        rates=(),
        domain_rates=(),
        connections=1,
        host="",
        port=0,
        security=Security.NONE,
        user="",
        password=Secret(""),
        base_url="",
        token=Secret(""),
    )


SETTINGS = Settings(
    name="Leader Provbygd",
    language="sv",
    timezone="Europe/Stockholm",
    base_url="https://brev.leader.example",
    database_url="sqlite://",
    out="out",
    officer="officer@leader.example",
    sender=Sender(
        "Leader Åsbygden", "brev@leader.example", "kansli@leader.example", "Provgatan 7, 685 00 Torsby"
    ),
    brand=BRAND,
    channels={},
    newsletters={"kommunbrevet": NEWSLETTER},
    eu_statement="Medfinansieras av Europeiska unionen",
    parts={},
    lines={},
)


@cache
def templates() -> TemplateSet:
    """The templates that ship with comms."""
    files = {file.relative_to(TEMPLATES).as_posix(): file for file in sorted(TEMPLATES.rglob("*.j2"))}
    sources = {name: file.read_text() for name, file in files.items()}
    return TemplateSet(sources, {name: f"templates/{name}" for name in files})


def workspace(*items: Item, template_set: TemplateSet | None = None) -> Workspace:
    """A workspace with two audiences, two municipalities, two focus areas and these items."""
    return Workspace(
        items={each.slug: each for each in items},
        broken={},
        notes={},
        broken_notes=frozenset(),
        audiences=Audiences(
            {
                "offices": Audience("offices", "Kommunala kontor", "Ni får brevet för att ni är ett kontor."),
                "public": Audience("public", "Allmänheten", "Ni får brevet för att ni når många."),
            },
            {"arvika": "Arvika", "torsby": "Torsby"},
            (),
        ),
        strategy=Strategy(
            "",
            {},
            {},
            {
                "bygd": FocusArea("bygd", "STOLT BYGD", "Stolt bygd", {}, ()),
                "leder": FocusArea("leder", "LEDER", "Leder", {}, ()),
            },
        ),
        templates=template_set or templates(),
        digests={},
    )


NOTES = IssueNotes(
    id="kommunbrevet-2026-12-01",
    newsletter="kommunbrevet",
    path="content/issues/kommunbrevet-2026-12-01.md",
    sha256="",
    subject="",
    pin=(),
    exclude=(),
    at=None,
    corrects="",
    greeting=Document(),
)


def entry(corrects: str = "") -> Entry:
    """The December issue."""
    return Entry(
        id="kommunbrevet-2026-12-01",
        kind=EntryKind.ISSUE,
        title="Kommunbrevet",
        schedule="kommunbrevet",
        channel="mail",
        moment=Moment(datetime(2026, 12, 1, 8), datetime(2026, 12, 1, 7, tzinfo=UTC)),  # noqa: DTZ001 -- wall time
        newsletter="kommunbrevet",
        corrects=corrects,
    )


def edition(
    *items: Item,
    audience: str = "offices",
    municipality: str = "",
    notes: IssueNotes | None = None,
    corrects: str = "",
    template_set: TemplateSet | None = None,
    settings: Settings = SETTINGS,
    by_field: bool = False,
) -> Edition:
    """An edition of the December issue with these items in this order, its way out a mailto.

    `by_field`: as it is frozen, with a field there.
    """
    picks = tuple(Pick(each.slug, say("Den är ny.")) for each in items)
    made = render_edition(
        settings=settings,
        workspace=workspace(*items, template_set=template_set),
        entry=entry(corrects),
        edition=EditionPlan(audience, municipality, picks),
        notes=notes,
    )
    return made if by_field else by_mail(made, settings, NEWSLETTER)
