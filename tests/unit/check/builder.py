"""Items and contexts for the tests of rules, as small as they can be; all people invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from comms.check.context import CheckContext, Names
from comms.check.engine import check_item
from comms.check.lexicon import Lexicon
from comms.content.terms import shipped_words
from comms.errors import Problem
from comms.model.audience import Audience, Audiences
from comms.model.document import Document
from comms.model.item import (
    Activity,
    Angle,
    Call,
    Consent,
    Event,
    Item,
    ItemKind,
    Person,
    Picture,
    PostDraft,
    Project,
    Setting,
)
from comms.model.strategy import FocusArea, Strategy
from comms.text.markdown import parse_markdown

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BODY_LINE = 10
"""The line of an item's first line of text, after its front matter."""

STRATEGY = Strategy(
    vision="En levande landsbygd",
    goals={"mal-1": "Attraktivare landsbygd"},
    indicators={"foretag": "Nya företag", "natverk": "Nya nätverk"},
    focus_areas={
        "bygd": FocusArea("bygd", "BYGD", "Bygd", {"motesplatser": "Mötesplatser"}, ("natverk",)),
        "larande": FocusArea("larande", "LÄRANDE", "Lärande", {"utbyten": "Utbyten"}, ("foretag",)),
    },
)
AUDIENCES = Audiences(
    audiences={"public": Audience("public", "Allmänheten", ""), "offices": Audience("offices", "Kontor", "")},
    municipalities={"sunne": "Sunne", "torsby": "Torsby"},
    recipients=(),
)
CONTEXT = CheckContext(
    strategy=STRATEGY,
    audiences=AUDIENCES,
    names=Names.of(["Sunne", "Torsby", "Leader 7-sam Värmland", "Köpman i Rottneros"]),
    places=("Sunne", "Torsby", "Leader 7-sam Värmland"),
    abbreviations=dict(shipped_words().abbreviations),
    lexicon=Lexicon.of(shipped_words().terms),
)

ITEM = Item(
    slug="bryggan",
    path="content/items/bryggan.md",
    sha256="0" * 64,
    title="Bryggan är klar",
    kind=ItemKind.STORY,
    focus=("bygd",),
    goals=("mal-1",),
    activities=("motesplatser",),
    indicators=("natverk",),
    audiences=("public",),
    municipalities=("sunne",),
    dated_on=date(2026, 11, 10),
    publish_from=date(2026, 11, 10),
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
    lines={"title": 2, "summary": 3, "people": 4, "images": 5, "posts": 6, "event": 7, "call": 8},
)
"""An item in which no rule finds anything, once it has a body."""


def item_with(body: str = "Nu är bryggan klar.", **changes: object) -> Item:
    """The item with a body in Markdown and some other fields."""
    parsed = parse_markdown(body, first_line=BODY_LINE)
    return replace(ITEM, body=parsed, **changes)  # type: ignore[arg-type]  # tests name real fields


def found(item: Item, code: str, context: CheckContext = CONTEXT) -> list[Problem]:
    """The problems of one code in an item."""
    return [problem for problem in check_item(item, context=context) if problem.code == code]


def messages(item: Item, code: str) -> list[str]:
    """The sentences of the problems of one code."""
    return [str(problem.message) for problem in found(item, code)]


def codes(item: Item) -> list[str]:
    """The codes of everything found in an item, in reading order."""
    return [problem.code for problem in check_item(item, context=CONTEXT)]


def people(*names: str) -> tuple[Person, ...]:
    """Named people without role."""
    return tuple(Person(name, "", "", "", 4) for name in names)


def picture(
    alt: str | None = "En brygga i motljus.",
    *,
    shown: Sequence[str] = (),
    consent: str = "",
    stock: bool = False,
) -> Picture:
    """A picture of the jetty."""
    return Picture(
        "content/pictures/brygga.jpg",
        alt,
        "",
        "",
        tuple(shown),
        Consent(consent) if consent else None,
        stock,
        line=5,
    )


def person(name: str, **changes: object) -> Person:
    """Somebody named, with some of what the front matter may tell."""
    return replace(Person(name, "", "", "", 4), **changes)  # type: ignore[arg-type]  # tests name real fields


def photo(*shown: str, **changes: object) -> Picture:
    """A picture of people who have said yes, at work, with all told of how they are shown."""
    whole = replace(
        picture("Människor vid en brygga.", shown=shown, consent="ja vid fotograferingen"),
        setting=Setting.WORK,
        activity=Activity.ACTIVE,
        angle=Angle.LEVEL,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # tests name real fields


def post(text: str) -> PostDraft:
    """A post for Mastodon."""
    return PostDraft("mastodon", text, None, line=6)


def event(start: str, end: str = "", access: str = "Ramp och hörslinga.") -> Event:
    """Something to come to, times as 2026-12-01T18:00."""
    finish = datetime.fromisoformat(end).replace(tzinfo=STOCKHOLM) if end else None
    return Event(datetime.fromisoformat(start).replace(tzinfo=STOCKHOLM), finish, "Sunne", access, "")


def call(
    opens: str = "2026-11-16",
    closes: str = "2027-01-15",
    total: int | None = 600_000,
    who: str = "Föreningar",
) -> Call:
    """A call for applications."""
    return Call(date.fromisoformat(opens), date.fromisoformat(closes), total, who, "Kurser och resor")


def project(*, eu_funded: bool = True) -> Project:
    """A project with support."""
    return Project("Bryggan", "Bygdelaget", 200_000, eu_funded, "2026–2027")
