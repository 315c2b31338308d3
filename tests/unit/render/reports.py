"""A made-up year of the example office: what went out, added up as a ledger would have it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

from comms.content.audiences import read_audiences
from comms.content.files import read_text
from comms.content.strategy import read_strategy
from comms.errors import Text, say
from comms.model.audience import Audiences
from comms.model.coverage import Axis, Course, Coverage, Deliveries, PostCourse, Reach, Square
from comms.model.item import ItemKind
from comms.model.report import ConsentState, Period
from comms.model.settings import Brand
from comms.model.strategy import Strategy
from comms.render.charts import Bar, BarChart, BarGroup
from comms.render.report_page import Letterhead, Letters, Names, People, YearReport
from comms.render.wording import KINDS

ROOT = Path(__file__).resolve().parents[3]
EMBLEM = (ROOT / "templates" / "assets" / "eu-emblem.png").read_bytes()
PERIOD = Period(date(2026, 1, 1), date(2026, 12, 31))
AS_OF = datetime(2027, 1, 11, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Stockholm")
CHANNELS = {"mail": "E-post", "mastodon": "Mastodon", "facebook": "Facebook", "linkedin": "LinkedIn"}
FOCUS_COLOURS = ("#a3273b", "#2b6a8c", "#8a5f0a", "#566620")
FINGERPRINT = "9f2c" * 16


@cache
def strategy() -> Strategy:
    """The example office's."""
    source, _ = read_text(ROOT, "strategy.yaml")
    assert source is not None
    return read_strategy(source)[0]


@cache
def audiences() -> Audiences:
    """The example office's."""
    source, _ = read_text(ROOT, "audiences.yaml")
    assert source is not None
    return read_audiences(source)[0]


def head() -> Letterhead:
    """The example office's."""
    return Letterhead(
        name="Leader 7-sam Värmland",
        brand=Brand(
            wordmark="Leader 7-sam Värmland",
            focus=dict(zip(strategy().focus_areas, FOCUS_COLOURS, strict=True)),
        ),
        zone=ZONE,
        eu_statement="Medfinansieras av Europeiska unionen",
        emblem=EMBLEM,
        postal_address="Exempelgatan 7, 685 00 Torsby",
        mail="kansli@leader7-sam.example",
    )


def names() -> Names:
    """What the example office calls things."""
    return Names(
        strategy=strategy(),
        audiences=audiences(),
        kinds={kind.value: words for kind, words in KINDS.items()},
        newsletters={"kommunbrevet": "Kommunbrevet", "partnerbrevet": "Partnerbrevet"},
        channels=CHANNELS,
        states={"accepted": "publicerad", "rejected": "avvisad", "unknown": "oviss"},
        skips={"paused": "pausad", "no": "spärrad adress"},
    )


@dataclass(frozen=True)
class Told:
    """An item that went out, with what it counts as."""

    slug: str
    on: date
    values: dict[Axis, tuple[str, ...]]
    editions: int
    deliveries: int
    posts: int


def told(seed: int = 7, count: int = 46) -> list[Told]:
    """Items of a year; the third focus area seldom, and never to Eda nor to the business offices."""
    chance = random.Random(seed)  # noqa: S311 - figures for a test
    office, readers = strategy(), audiences()
    found = []
    for number in range(count):
        focus = chance.choices(list(office.focus_areas), (9, 6, 2, 8))[0]
        area = office.focus_areas[focus]
        places = [
            slug
            for slug in chance.sample(list(readers.municipalities), chance.choice((1, 1, 2, 7)))
            if (focus, slug) not in {("utveckling-och-larande", "eda"), ("smarta-losningar", "munkfors")}
        ]
        whom = [slug for slug in readers.audiences if chance.random() < 0.6]
        if focus == "utveckling-och-larande":
            whom = [slug for slug in whom if slug != "business-offices"]
        posts = chance.choice((0, 1, 2, 3))
        month = chance.choice((1, 2, 3, 3, 4, 5, 5, 6, 8, 9, 9, 10, 11, 12))
        found.append(
            Told(
                f"nyhet-{number}",
                date(2026, month, chance.randint(1, 28)),
                {
                    Axis.FOCUS: (focus,),
                    Axis.ACTIVITY: (chance.choice(list(area.activities)),),
                    Axis.GOAL: (chance.choice(list(office.goals)),),
                    Axis.INDICATOR: (chance.choice(area.indicators),),
                    Axis.AUDIENCE: tuple(whom),
                    Axis.MUNICIPALITY: tuple(places),
                    Axis.KIND: (chance.choice(list(ItemKind)).value,),
                    Axis.CHANNEL: ("mail", *chance.sample(list(CHANNELS)[1:], min(posts, 3))),
                    Axis.MONTH: (f"2026-{month:02}",),
                },
                editions := len(whom) * len(places),
                editions * 11,
                posts,
            )
        )
    return found


def coverage(
    items: Iterable[Told] | None = None, *, untagged: int = 2, lost: tuple[str, ...] = ()
) -> Coverage:
    """The items added up."""
    every = told() if items is None else list(items)
    office, readers = strategy(), audiences()
    known: dict[Axis, Iterable[str]] = {
        Axis.FOCUS: office.focus_areas,
        Axis.ACTIVITY: [slug for area in office.focus_areas.values() for slug in area.activities],
        Axis.GOAL: office.goals,
        Axis.INDICATOR: office.indicators,
        Axis.AUDIENCE: readers.audiences,
        Axis.MUNICIPALITY: readers.municipalities,
        Axis.KIND: [kind.value for kind in ItemKind],
        Axis.CHANNEL: CHANNELS,
        Axis.MONTH: [f"2026-{month:02}" for month in range(1, 13)],
    }
    rows: dict[Axis, dict[str, list[Told]]] = {
        axis: {value: [] for value in values} for axis, values in known.items()
    }
    squares: dict[tuple[str, Axis, str], list[Told]] = defaultdict(list)
    for one in every:
        for axis, values in one.values.items():
            for value in values:
                rows[axis][value].append(one)
        for axis in (Axis.AUDIENCE, Axis.MUNICIPALITY):
            for focus, value in product(one.values[Axis.FOCUS], one.values[axis]):
                squares[focus, axis, value].append(one)
    return Coverage(
        period=PERIOD,
        as_of=AS_OF,
        whole=_reach(every),
        rows={axis: {value: _reach(ones) for value, ones in of.items()} for axis, of in rows.items()},
        squares=tuple(
            _square(focus, axis, value, squares[focus, axis, value])
            for axis in (Axis.AUDIENCE, Axis.MUNICIPALITY)
            for focus, value in product(office.focus_areas, known[axis])
        ),
        months={
            month: {
                focus: _reach(
                    [
                        one
                        for one in every
                        if (focus,) == one.values[Axis.FOCUS] and f"{one.on:%Y-%m}" == month
                    ]
                )
                for focus in office.focus_areas
            }
            for month in known[Axis.MONTH]
        },
        untagged=untagged,
        lost=lost,
    )


def _reach(ones: list[Told]) -> Reach:
    return Reach(
        items=len(ones),
        editions=sum(one.editions for one in ones),
        deliveries=sum(one.deliveries for one in ones),
        posts=sum(one.posts for one in ones),
        last_on=max((one.on for one in ones), default=None),
    )


def _square(focus: str, axis: Axis, value: str, ones: list[Told]) -> Square:
    """A square; one that is empty had something the year before, but for Eda."""
    reach = _reach(ones)
    before = None if value == "eda" else date(2025, 3, 12)
    return Square(focus, axis, value, reach, reach.last_on or before)


def gaps(found: Coverage) -> list[tuple[Square, Text]]:
    """Each empty square with a sentence."""
    called = names()
    return [
        (
            square,
            say(
                "{focus} har inte nått {to} sedan {when}.",
                focus=called.of(Axis.FOCUS, square.focus),
                to=called.of(square.axis, square.value),
                when=square.last_on or "liggaren började",
            ),
        )
        for square in found.gaps
    ]


def deliveries(seed: int = 3) -> Deliveries:
    """An issue a month, and posts with a few that failed."""
    chance = random.Random(seed)  # noqa: S311 - figures for a test
    issues = []
    for month in range(1, 13):
        copies = 110 + chance.randint(0, 30)
        rejected, unknown = chance.choice((0, 0, 1, 2)), chance.choice((0, 0, 0, 1))
        issues.append(
            Course(
                id=f"kommunbrevet-2026-{month:02}",
                title=f"Kommunbrevet nr {month}",
                newsletter="kommunbrevet" if month % 4 else "partnerbrevet",
                at=datetime(2026, month, 3, 7, 0, tzinfo=UTC),
                copies=copies,
                accepted=copies - rejected - unknown,
                rejected=rejected,
                unknown=unknown,
                open=0,
                cancelled=0,
                dead=chance.choice((0, 0, 1, 2)),
                trouble=chance.choice((0, 1, 3)),
                ours=0,
                complaints=0,
                left=chance.choice((0, 0, 1)),
                skips={"paused": chance.randint(0, 4), "no": chance.randint(0, 2)},
            )
        )
    posts = tuple(
        PostCourse(
            id=f"inlagg-{number}",
            title=f"Inlägg nummer {number} om en utlysning",
            channel=chance.choice(list(CHANNELS)[1:]),
            at=datetime(2026, chance.randint(1, 12), 12, 11, 0, tzinfo=UTC),
            state=chance.choices(("accepted", "rejected", "unknown"), (30, 1, 1))[0],
            link=f"https://social.example/{number}" if number % 3 else "",
        )
        for number in range(61)
    )
    return Deliveries(PERIOD, AS_OF, tuple(issues), posts)


def people() -> People:
    """Figures of who is heard and seen, in all and for a month."""
    bars = (Bar("kvinna", 17, 41), Bar("man", 21, 41), Bar("ej angivet", 3, 41, unsaid=True))
    chart = BarChart(
        "balans",
        "Vem hörs och syns, 2026-01-01 till 2026-12-31",
        (),
        (
            BarGroup("Kön, med egna ord: finns med", bars),
            BarGroup("Kön, med egna ord: citeras", (Bar("kvinna", 6, 15), Bar("man", 9, 15))),
            BarGroup(
                "Sektor: finns med", (Bar("privat", 20, 41), Bar("ideell", 13, 41), Bar("offentlig", 8, 41))
            ),
            BarGroup("2026-03 Kön, med egna ord: citeras", (Bar("kvinna", 1, 4), Bar("man", 3, 4))),
        ),
    )
    notes = (
        say("Nyheter med publiceringsdag från 2026-01-01 till 2026-12-31, sända eller inte: 46 st."),
        say(
            "Så att ingen pekas ut visas ett ord om kön bara när minst {fewest} olika personer har angett "
            "det i perioden.",
            fewest=3,
        ),
    )
    return People(notes, chart)


def year() -> YearReport:
    """The whole of it."""
    found = coverage()
    return YearReport(
        period=PERIOD,
        as_of=AS_OF,
        coverage=found,
        gaps=gaps(found),
        deliveries=deliveries(),
        people=people(),
        consents={ConsentState.VALID: 31, ConsentState.EXPIRING: 4, ConsentState.MISSING: 1},
        subscribers={"kommunbrevet": Letters(118, 3, 9, 2), "partnerbrevet": Letters(24, 0, 1, 0)},
        readers=131,
        fingerprint=FINGERPRINT,
    )
