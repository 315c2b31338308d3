"""The pages of what the communication did: for an officer, and the year for a board and an authority.

Pure: all that a page shows is in its arguments, and the same arguments give the same bytes. Each page is one
file that loads nothing: style, pictures and emblem are in it. A number never stands without what it is a
number of and of which days; none is told as "inget", what nobody counted as "inte räknat".
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined

from comms.errors import Text, say
from comms.model.coverage import Axis, Coverage, Deliveries, Reach, Square
from comms.model.report import ConsentState, Period
from comms.model.settings import Brand
from comms.render.report_charts import bar
from comms.render.report_sections import (
    Letters,
    People,
    consent_table,
    moment,
    people_view,
    sent_view,
    subscriber_table,
)
from comms.render.report_style import policy, style_sheet
from comms.render.report_tables import Names, counted, days, part_of, strategy_view
from comms.render.report_templates import BASE, DELIVERY, PARTS, STRATEGY, YEAR

_LEAVES = (
    ("#1f4d3a", 12),
    ("#566620", 15),
    ("#8a5f0a", 18),
    ("#a3273b", 21),
    ("#2b6a8c", 18),
    ("#566620", 15),
    ("#1f4d3a", 12),
)
"""The drawn wordmark's leaves (site_style.py): colour, height."""

_PICTURES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpeg"), (b"GIF8", "gif"), (b"RIFF", "webp"))
"""How a picture's file begins, and its kind; what begins otherwise is taken for SVG."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose report it is; `zone` is that of times as they are told.

    `emblem` is templates/assets/eu-emblem.png as bytes, `logo` the office's own; b"" for none. The statement
    stands beside the emblem alone (regulation (EU) 2022/129, annex II).
    """

    name: str
    brand: Brand
    zone: ZoneInfo
    eu_statement: str = ""
    emblem: bytes = b""
    logo: bytes = b""
    postal_address: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class YearReport:
    """All that the yearly report tells. What is None was not counted, and the page says so.

    `gaps`: each empty square with its sentence, the most urgent first. `notes`: what must be known to read
    the strategy's figures; without them the page tells of items without a focus area and of lost ones itself.
    `consents`: pictures of people by where their consent stands. `subscribers` by newsletter, `readers`
    different addresses among them. `fingerprint`: sha256 of the same figures as JSON, "" if not kept.
    """

    period: Period
    as_of: datetime
    coverage: Coverage
    gaps: Sequence[tuple[Square, Text]] = ()
    notes: Sequence[Text] = ()
    deliveries: Deliveries | None = None
    people: People | None = None
    consents: Mapping[ConsentState, int] | None = None
    subscribers: Mapping[str, Letters] | None = None
    readers: int | None = None
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class _Fact:
    """A line of how it was counted."""

    name: str
    words: str
    is_code: bool = False


def strategy_page(
    head: Letterhead,
    names: Names,
    coverage: Coverage,
    gaps: Sequence[tuple[Square, Text]] = (),
    notes: Sequence[Text] = (),
) -> bytes:
    """The strategy report as one HTML page, the empty squares first. `gaps`, `notes` as in `YearReport`."""
    values = {
        "view": strategy_view(names, coverage, gaps),
        "rows": _facts(head, coverage.period, coverage.as_of),
        "notes": [*_of_figures(), *(notes or _of_coverage(coverage))],
    }
    title = str(say("Vad kommunikationen har gjort för strategin"))
    return _page("strategy", head, names, title, (coverage.period, coverage.as_of), values)


def delivery_page(head: Letterhead, names: Names, deliveries: Deliveries) -> bytes:
    """How a period's issues and posts went, as one HTML page."""
    values = {
        "view": sent_view(names, deliveries, head.zone, lists_posts=True),
        "rows": _facts(head, deliveries.period, deliveries.as_of),
        "notes": _of_deliveries(),
    }
    title = str(say("Hur brev och inlägg gick"))
    return _page("delivery", head, names, title, (deliveries.period, deliveries.as_of), values)


def year_page(head: Letterhead, names: Names, year: YearReport) -> bytes:
    """The yearly report as one HTML page that can be sent as it is, or printed."""
    as_of = moment(year.as_of, head.zone)
    sent = year.deliveries and sent_view(names, year.deliveries, head.zone, lists_posts=False)
    tables = []
    if year.consents is not None:
        tables.append(consent_table(year.consents, as_of))
    if year.subscribers is not None:
        tables.append(subscriber_table(names, year.subscribers, year.readers, as_of))
    values = {
        "view": strategy_view(names, year.coverage, year.gaps),
        "summary": [str(sentence) for sentence in _summary(names, year, as_of)],
        "sent": sent,
        "people": year.people and people_view(year.people),
        "consents": tables,
        "not_counted": [str(sentence) for sentence in _not_counted(year)],
        "rows": _facts(head, year.period, year.as_of, year.fingerprint),
        "notes": [
            *_of_figures(),
            *(year.notes or _of_coverage(year.coverage)),
            *(_of_deliveries() if year.deliveries else ()),
        ],
    }
    title = str(say("Kommunikationen {year}", year=_years(year.period)))
    return _page("year", head, names, title, (year.period, year.as_of), values)


def _page(
    template: str,
    head: Letterhead,
    names: Names,
    title: str,
    when: tuple[Period, datetime],
    values: Mapping[str, object],
) -> bytes:
    period, as_of = when
    told = say("Perioden {period}", period=days(period))
    if as_of.astimezone(head.zone).date() <= period.until:
        told = say("{told}, som inte är slut än", told=told)
    style = style_sheet(head.brand, names.strategy.focus_areas, f"{head.name} · {title}")
    frame = {
        "head": {
            "name": head.name,
            "wordmark": head.brand.wordmark or head.name,
            "logo": _inline(head.logo),
            "logo_alt": head.brand.logo_alt or head.name,
            "emblem": _inline(head.emblem),
            "eu_statement": head.eu_statement,
            "postal_address": head.postal_address.removeprefix(f"{head.name}, "),
            "mail": head.mail,
        },
        "title": title,
        "over": str(say("Årsrapport") if template == "year" else say("Redovisning")),
        "when": str(told),
        "as_of": str(say("Siffrorna hämtade {as_of}", as_of=moment(as_of, head.zone))),
        "is_yearly": template == "year",
        "policy": policy(style),
        "style": style,
        "leaf_colours": _LEAVES,
        "bar": bar,
    }
    return _environment().get_template(template).render(**frame, **values).encode()


@cache
def _environment() -> Environment:
    pages = {"base": BASE, "parts": PARTS, "strategy": STRATEGY, "delivery": DELIVERY, "year": YEAR}
    return Environment(
        loader=DictLoader(pages),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _inline(picture: bytes) -> str:
    """A picture as an address that holds it (RFC 2397)."""
    if not picture:
        return ""
    kind = next((kind for begins, kind in _PICTURES if picture.startswith(begins)), "svg+xml")
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _years(period: Period) -> str:
    """`2026`, `2025–2026`."""
    first, last = period.since.year, period.until.year
    return str(first) if first == last else f"{first}–{last}"


def _facts(head: Letterhead, period: Period, as_of: datetime, fingerprint: str = "") -> list[_Fact]:
    rows = [
        _Fact(str(say("Period")), str(say("{period}, båda dagarna med", period=days(period)))),
        _Fact(str(say("Hämtat")), moment(as_of, head.zone)),
        _Fact(
            str(say("Källa")),
            str(say("Liggaren över det som har sänts, och nyheternas filer. Inga läsare mäts.")),
        ),
    ]
    if fingerprint:
        rows.append(
            _Fact(str(say("Fingeravtryck (SHA-256) av samma siffror som JSON")), fingerprint, is_code=True)
        )
    return rows


def _of_figures() -> Iterator[Text]:
    yield say(
        "En nyhet räknas när ett brev med den har tagits emot, eller när ett inlägg om den är publicerat. "
        "Den räknas en gång i helheten, hur många brev och inlägg den än är med i."
    )
    yield say(
        "En utgåva är ett nummer så som en målgrupp i en kommun fick det. Ett mottaget brev är ett exemplar "
        "som mottagarens server tog emot. Om någon läste det vet vi inte: ingen läsare mäts."
    )
    yield say(
        "”Inget” och 0 betyder att vi har räknat och inget funnit. ”Inte räknat” betyder att siffran saknas."
    )


def _of_coverage(coverage: Coverage) -> Iterator[Text]:
    """What the strategy's figures do not know."""
    items = counted(coverage.whole.items, say("1 nyhet"), say("{count} nyheter"))
    if coverage.untagged:
        yield say(
            "Utan insatsområde: {count} av {items}. De syns i helheten men inte i rutorna.",
            count=coverage.untagged,
            items=items,
        )
    if coverage.lost:
        yield say(
            "Filen finns inte längre för {slugs}. De räknas bara i helheten: {count} av {items}.",
            slugs=", ".join(coverage.lost),
            count=len(coverage.lost),
            items=items,
        )


def _of_deliveries() -> Iterator[Text]:
    yield say(
        "Ett brev är ovisst när förbindelsen bröts innan svaret kom. Det kan ha kommit fram. Ingen sänder "
        "det igen utan att en människa har bestämt det."
    )


def _summary(names: Names, year: YearReport, as_of: str) -> Iterator[Text]:
    """The year in sentences, each figure with its base."""
    whole, period = year.coverage.whole, days(year.period)
    yield say(
        "{items} gick ut {period}: i {editions} och {posts}. Utgåvorna togs emot som {deliveries}.",
        items=counted(whole.items, say("1 nyhet"), say("{count} nyheter")),
        period=period,
        editions=counted(whole.editions, say("1 utgåva"), say("{count} utgåvor")),
        posts=counted(whole.posts, say("1 inlägg"), say("{count} inlägg")),
        deliveries=counted(whole.deliveries, say("1 brev"), say("{count} brev")),
    )
    yield from _about_focus(names, year.coverage.rows.get(Axis.FOCUS, {}), whole)
    squares = len(year.coverage.squares)
    if squares:
        yield say(
            "Av rutorna i strategins karta fick {share} minst en nyhet.",
            share=part_of(squares - len(year.coverage.gaps), squares),
        )
    if year.deliveries is not None:
        copies = sum(one.copies for one in year.deliveries.issues)
        accepted = sum(one.accepted for one in year.deliveries.issues)
        yield say("Av breven som skulle sändas togs {share} emot.", share=part_of(accepted, copies))
    if year.readers is not None:
        yield say(
            "{readers} prenumererade {as_of}.",
            readers=counted(year.readers, say("1 adress"), say("{count} olika adresser")),
            as_of=as_of,
        )


def _about_focus(names: Names, rows: Mapping[str, Reach], whole: Reach) -> Iterator[Text]:
    """What was told of most, and least."""
    ordered = sorted(rows.items(), key=lambda row: -row[1].items)
    if not whole.items or len(ordered) < 2:  # noqa: PLR2004 - one alone is neither most nor least
        return
    most, least = ordered[0][1].items, ordered[-1][1].items
    if most == least:
        return
    # Two may have as many: none of them is left out.
    words = {
        count: ", ".join(names.of(Axis.FOCUS, value) for value, reach in rows.items() if reach.items == count)
        for count in (most, least)
    }
    yield say(
        "Flest nyheter handlade om {most}: {of_most}. Färst handlade om {least}: {of_least}.",
        most=words[most],
        of_most=part_of(most, whole.items),
        least=words[least],
        of_least=part_of(least, whole.items),
    )


def _not_counted(year: YearReport) -> Iterator[Text]:
    if year.consents is None:
        yield say("Samtycken till bilder: inte räknat i den här redovisningen.")
    if year.subscribers is None:
        yield say("Prenumeranter: inte räknat i den här redovisningen.")


__all__ = [
    "Letterhead",
    "Letters",
    "Names",
    "People",
    "YearReport",
    "delivery_page",
    "strategy_page",
    "year_page",
]
